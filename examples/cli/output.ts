import { open, rename, rm } from 'node:fs/promises';

/** Where a body goes. */
export interface Output {
  write(bytes: Uint8Array): Promise<void>;
  /** All of it is there. */
  complete(): Promise<void>;
  /** Lets go of it, complete or not. */
  close(): Promise<void>;
}

export const standardOutput: Output = {
  write: (bytes) =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
    }),
  complete: async () => {},
  close: async () => {},
};

/** A file that replaces `path` when it is complete: a transfer that breaks leaves an older file as it was. */
export async function openFile(path: string): Promise<Output> {
  const partial = `${path}.part`;
  const file = await open(partial, 'w');
  return {
    // Not write(), which may write a part.
    write: (bytes) => file.writeFile(bytes),
    complete: async () => {
      await file.close();
      await rename(partial, path);
    },
    close: async () => {
      await file.close().catch(() => {});
      await rm(partial, { force: true });
    },
  };
}
