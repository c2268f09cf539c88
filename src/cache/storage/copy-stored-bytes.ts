import { type BodyReader, type EntryWriter, writeLent } from './network-cache.ts';
import { READ_SIZE } from './stored-body.ts';

/** Writes bytes `start` to `end` (exclusive) of a stored body into another entry. */
export async function copyStoredBytes(
  from: BodyReader,
  start: number,
  end: number,
  to: EntryWriter,
): Promise<void> {
  for (let offset = start; offset < end; ) {
    const chunk = await from.read(offset, Math.min(READ_SIZE, end - offset));
    if (chunk.length === 0) throw new Error('the stored body is shorter than it should be');
    await writeLent(to, chunk);
    offset += chunk.length;
  }
}

/** Writes a whole body anew as another entry, and closes both. */
export async function rewriteEntry(reader: BodyReader, length: number, writer: EntryWriter): Promise<void> {
  try {
    await copyStoredBytes(reader, 0, length, writer);
    // Windows does not let a file be replaced that is open.
    reader.close();
    await writer.commit();
  } finally {
    reader.close();
    writer.close();
  }
}
