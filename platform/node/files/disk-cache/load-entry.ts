import { bytesForBlocks, readBlocks } from './body-blocks.ts';
import {
  BLOCK_SIZE,
  bodyPosition,
  decodeHeader,
  type EntryHeader,
  fileSize,
  newestSlot,
  openBlock,
  type Slot,
} from './entry-format.ts';
import { linksOf, readAt } from './files.ts';
import { OpenFile, type OpenFiles } from './open-files.ts';

/** An entry's file as it was found. */
export interface LoadedEntry {
  readonly path: string;
  readonly header: EntryHeader;
  readonly slot: Slot;
  /** The body, or what of it comes before damage, where it came along. Whoever takes it has it alone. */
  body: Uint8Array | null;
}

/** What is read at once of a file that nothing is known of: usual metadata and a body of one block. */
const HEAD_SIZE = 80 * 1024;

/** The largest body that is read along with the metadata. */
const LARGEST_ALONG = 1024 * 1024;

/** Reads header and metadata, and perhaps the body. Null when one of them is damaged; rejects when the file cannot be read. */
export async function loadEntry(files: OpenFiles, path: string): Promise<LoadedEntry | null> {
  const held = files.find(path);
  if (held !== null) {
    const again = withScratch((buffer) => loadAgain(held, path, buffer));
    // On a network file system what another machine has removed fails to be read.
    const loaded = await again.catch(() => null);
    held.release();
    if (loaded !== null) return loaded;
    files.drop(path);
  }
  const file = await OpenFile.open(path);
  try {
    const loaded = await withScratch((buffer) => loadFirst(file, path, buffer));
    if (file.head !== null) files.hold(path, file);
    return loaded;
  } finally {
    file.release();
  }
}

/**
 * Reads all in one call, because the layout of the file is known; a head of the same bytes means the same. Null when
 * the file was replaced or removed, has changed, or is damaged: which of them is found out by loading it as if it had
 * never been seen.
 */
async function loadAgain(file: OpenFile, path: string, buffer: Buffer): Promise<LoadedEntry | null> {
  const { descriptor, head } = file;
  if (head === null || linksOf(descriptor) === 0) return null;
  const { header, slot } = head;
  const { bodyLength } = header;
  const isAlong = bodyLength <= BLOCK_SIZE || (file.isTakenWhole && bodyLength <= LARGEST_ALONG);
  // Until it is taken again: a HEAD or a Range would read it for nothing each time.
  file.isTakenWhole = false;
  const bytes = buffer.subarray(0, head.bytes.length);
  let body: Uint8Array | null = null;
  if (isAlong && bodyLength > 0) {
    body = bytesForBlocks(bodyLength);
    const sound = await readBlocks({ descriptor, ...header }, 0, body, bytes);
    if (sound === 0) return null;
    if (sound < bodyLength) body = body.subarray(0, sound);
  } else {
    const { length } = await readAt(descriptor, 0, bytes.length, bytes);
    if (length < bytes.length) return null;
  }
  return bytes.equals(head.bytes) ? { path, header, slot, body } : null;
}

async function loadFirst(file: OpenFile, path: string, buffer: Buffer): Promise<LoadedEntry | null> {
  const { descriptor } = file;
  let start = await readAt(descriptor, 0, HEAD_SIZE, buffer);
  const header = decodeHeader(start);
  if (header === null) return null;
  const needed = bodyPosition(header.capacity);
  if (start.length < needed && needed > HEAD_SIZE) start = await readAt(descriptor, 0, needed);
  const slot = start.length < needed ? null : newestSlot(start, header);
  if (slot === null) return null;
  const isSmall =
    header.bodyLength <= BLOCK_SIZE && fileSize(header.capacity, header.bodyLength) <= HEAD_SIZE;
  const body = isSmall ? copyBody(start.subarray(needed), header) : null;
  if (isSmall && body === null) return null;
  if (needed <= HEAD_SIZE) file.head = { bytes: Buffer.from(start.subarray(0, needed)), header, slot };
  return { path, header, slot, body };
}

/** Buffers that are read into and copied from. */
const scratch: Buffer[] = [];
const MAXIMUM_SCRATCH = 8;

/** Does it with a buffer of {@link HEAD_SIZE} that others use after it. */
async function withScratch<Result>(work: (buffer: Buffer) => Promise<Result>): Promise<Result> {
  const buffer = scratch.pop() ?? Buffer.allocUnsafeSlow(HEAD_SIZE);
  try {
    return await work(buffer);
  } finally {
    if (scratch.length < MAXIMUM_SCRATCH) scratch.push(buffer);
  }
}

/** A body of one block, or null when it is damaged. */
function copyBody(frame: Buffer, { id, bodyLength }: EntryHeader): Uint8Array | null {
  if (bodyLength === 0) return new Uint8Array(0);
  const block = openBlock(frame, bodyLength, id, 0);
  return block === null ? null : new Uint8Array(block);
}
