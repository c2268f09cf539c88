import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { openRegular } from '../own-files.ts';
import { isMissing, persist } from '../refusals.ts';

/**
 * The epoch of a cache: entries of another one are not found. A new one begins when a `clear()` could not get rid of all
 * entries, so that they are gone for every process and after a restart. The file is written in place, because a disk that
 * refuses to remove files often refuses to replace them; what was half written is a new epoch as well.
 */
const NAME = 'cleared';

/** Before there was need of any. */
export const FIRST_EPOCH = 0;

/** The epoch of the cache in that directory, for its entries' headers: 32 bits. */
export async function readEpoch(root: string): Promise<number> {
  try {
    return await persist(async () => {
      const handle = await openRegular(path.join(root, NAME), constants.O_RDONLY);
      try {
        return epochOf(await handle.readFile());
      } finally {
        await handle.close();
      }
    });
  } catch (error) {
    if (isMissing(error)) return FIRST_EPOCH;
    throw error;
  }
}

/** Begins another epoch. Rejects when the disk refuses that, too. */
export async function beginEpoch(root: string): Promise<number> {
  const content = Buffer.from(`${randomBytes(8).toString('hex')}\n`);
  await persist(async () => {
    const handle = await openRegular(path.join(root, NAME), constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      await handle.write(content, 0, content.length, 0);
      await handle.sync().catch(() => {});
    } finally {
      await handle.close();
    }
  });
  return epochOf(content);
}

/** Never the first one. */
function epochOf(content: Uint8Array): number {
  return (crc32(content) | 1) >>> 0;
}
