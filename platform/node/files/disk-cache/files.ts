import * as fs from 'node:fs';

/**
 * The calls of `node:fs` that a hit consists of, as promises over the callback API: a `FileHandle` costs as much again as
 * the read itself.
 */

/** @param flags those of `own-files.ts` */
export function openFile(path: string, flags: number, mode?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.open(path, flags, mode, (error, descriptor) => {
      if (error !== null) reject(error);
      else resolve(descriptor);
    });
  });
}

/** Closes in the background: nothing could be done about a failure. */
export function closeFile(descriptor: number): void {
  fs.close(descriptor, () => {});
}

/** Closes what was only read: there is nothing to wait for, and it costs less than the way to another thread. */
export function closeReadFile(descriptor: number): void {
  try {
    fs.closeSync(descriptor);
  } catch {
    // As above.
  }
}

/** The bytes from `position` on, fewer than `length` only at the end of the file. */
export function readAt(
  descriptor: number,
  position: number,
  length: number,
  buffer: Buffer = Buffer.allocUnsafe(length),
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    fs.read(descriptor, buffer, 0, length, position, (error, bytesRead) => {
      if (error !== null) reject(error);
      else resolve(buffer.subarray(0, bytesRead));
    });
  });
}

/** Fills the buffers one after the other from `position` on, in one call. Gives the number of bytes that there were. */
export function readIntoAt(
  descriptor: number,
  position: number,
  buffers: readonly Uint8Array[],
): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.readv(descriptor, buffers, position, (error, bytesRead) => {
      if (error !== null) reject(error);
      else resolve(bytesRead);
    });
  });
}

/**
 * How many names an open file has: 0 when it was removed, or another one took its place. The system knows it of what is
 * open, so as with closing there is nothing to wait for.
 */
export function linksOf(descriptor: number): number {
  return fs.fstatSync(descriptor).nlink;
}

export async function writeAt(descriptor: number, position: number, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += await new Promise<number>((resolve, reject) => {
      fs.write(descriptor, bytes, written, bytes.length - written, position + written, (error, count) => {
        if (error !== null) reject(error);
        else resolve(count);
      });
    });
  }
}
