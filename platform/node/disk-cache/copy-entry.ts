import type { BodyReader, EntryWriter } from '../../../src/cache/network-cache.ts';
import { BLOCK_SIZE } from './entry-format.ts';

/** Writes a stored body into another entry. */
export async function copyEntry(reader: BodyReader, length: number, writer: EntryWriter): Promise<void> {
  try {
    for (let offset = 0; offset < length; ) {
      const chunk = await reader.read(offset, BLOCK_SIZE);
      if (chunk.length === 0) throw new Error('the stored body is shorter than it should be');
      await writer.write(chunk);
      offset += chunk.length;
    }
    await writer.commit();
  } finally {
    reader.close();
    writer.close();
  }
}
