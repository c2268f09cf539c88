import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { hasNoSync } from './refusals.ts';

/** Has the disk take what was written to a file. @throws Error of a disk that fails, not of a file system that has no sync */
export async function syncContent(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    if (!hasNoSync(error)) throw error;
  }
}

/**
 * Makes a rename in that directory durable, where that is possible: the rename has happened, and no refusal changes that
 * (SMB, FUSE, vboxsf refuse it; Windows cannot open directories and does not need it).
 */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(directory, constants.O_RDONLY);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // As above.
  }
}
