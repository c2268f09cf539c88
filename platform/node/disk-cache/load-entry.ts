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
import { closeReadFile, openFile, readAt } from './files.ts';

/** An entry's file as it was found. */
export interface LoadedEntry {
  readonly path: string;
  readonly header: EntryHeader;
  readonly slot: Slot;
  /** The whole body of a small entry: it came along with the metadata. Whoever takes it has it alone. */
  body: Uint8Array | null;
}

/** What is read at once: usual metadata and a body of one block. */
const HEAD_SIZE = 80 * 1024;

/** Reads header and metadata, and a small body. Null when one of them is damaged; rejects when the file cannot be read. */
export async function loadEntry(path: string): Promise<LoadedEntry | null> {
  const descriptor = await openFile(path, 'r');
  const buffer = scratch.pop() ?? Buffer.allocUnsafeSlow(HEAD_SIZE);
  try {
    let head = await readAt(descriptor, 0, HEAD_SIZE, buffer);
    const header = decodeHeader(head);
    if (header === null) return null;
    const needed = bodyPosition(header.capacity);
    if (head.length < needed && needed > HEAD_SIZE) head = await readAt(descriptor, 0, needed);
    const slot = head.length < needed ? null : newestSlot(head, header);
    if (slot === null) return null;
    const isSmall =
      header.bodyLength <= BLOCK_SIZE && fileSize(header.capacity, header.bodyLength) <= HEAD_SIZE;
    const body = isSmall ? copyBody(head.subarray(needed), header) : null;
    return isSmall && body === null ? null : { path, header, slot, body };
  } finally {
    closeReadFile(descriptor);
    if (scratch.length < MAXIMUM_SCRATCH) scratch.push(buffer);
  }
}

/** Buffers that are read into and copied from: most entries are far smaller than what is asked for. */
const scratch: Buffer[] = [];
const MAXIMUM_SCRATCH = 8;

/** A body of one block, or null when it is damaged. */
function copyBody(frame: Buffer, { id, bodyLength }: EntryHeader): Uint8Array | null {
  if (bodyLength === 0) return new Uint8Array(0);
  const block = openBlock(frame, bodyLength, id, 0);
  return block === null ? null : new Uint8Array(block);
}
