import { removeOwn, statOwn, TO_CHANGE, TO_READ } from '../own-files.ts';
import { isMissing, persist } from '../refusals.ts';
import { decodeHeader, encodeSlot, HEADER_SIZE, slotPosition, VARIANTS_OFFSET } from './entry-format.ts';
import { closeFile, closeReadFile, openFile, readAt, writeAt } from './files.ts';
import type { LoadedEntry } from './load-entry.ts';

/** The id of the file that is there now, or null when it is none of ours. */
export async function readId(path: string): Promise<number | null> {
  const descriptor = await openFile(path, TO_READ);
  try {
    return decodeHeader(await readAt(descriptor, 0, HEADER_SIZE))?.id ?? null;
  } finally {
    closeReadFile(descriptor);
  }
}

/** Writes new metadata, which have to fit, into the slot that is not in use; not when the file is another by now. */
export async function replaceText({ path, header, slot }: LoadedEntry, text: Buffer): Promise<void> {
  const descriptor = await openFile(path, TO_CHANGE);
  try {
    if (decodeHeader(await readAt(descriptor, 0, HEADER_SIZE))?.id !== header.id) return;
    const index = slot.index === 0 ? 1 : 0;
    const bytes = encodeSlot(header.id, slot.sequence + 1, text);
    await writeAt(descriptor, slotPosition(header.capacity, index), bytes);
  } finally {
    closeFile(descriptor);
  }
}

/** What became of a file that was to go: `spoilt` is still there and no entry any more. */
export type Discarded = { readonly isSpoilt: boolean; readonly refusal: unknown };

/**
 * Removes the file of an entry. Where that is refused, the file is made no entry, for every process and after a restart:
 * its header is overwritten.
 *
 * @returns null when it has gone, else why it is there
 */
export async function discardEntry(path: string, patience?: number): Promise<Discarded | null> {
  try {
    await persist(() => removeOwn(path), patience === undefined ? {} : { patience });
    return null;
  } catch (refusal) {
    return { isSpoilt: await spoil(path).catch(() => false), refusal };
  }
}

async function spoil(path: string): Promise<boolean> {
  if ((await statOwn(path, process.getuid?.())) === null) return false;
  const descriptor = await openFile(path, TO_CHANGE);
  try {
    await writeAt(descriptor, 0, Buffer.alloc(HEADER_SIZE));
    return true;
  } finally {
    closeFile(descriptor);
  }
}

/** Tells in the file of the first variant that there are `count`. Without that file there is nobody to ask it. */
export async function noteVariants(path: string, count: number): Promise<void> {
  try {
    const descriptor = await openFile(path, TO_CHANGE);
    try {
      const header = await readAt(descriptor, 0, HEADER_SIZE);
      if ((header[VARIANTS_OFFSET] ?? count) < count) {
        await writeAt(descriptor, VARIANTS_OFFSET, Buffer.of(count));
      }
    } finally {
      closeFile(descriptor);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
