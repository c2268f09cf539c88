import { accessSync, type BigIntStats, constants } from 'node:fs';
import { access, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { openRegular } from './own-files.ts';
import { errorCode, isMissing, persist } from './refusals.ts';

export interface FileContent {
  readonly content: string;
  /** Another one when the file was replaced or written since. */
  readonly signature: string;
}

/** What is in a regular file, or null when there is none. A refusal that may pass is waited out. */
export function readIfExists(file: string): Promise<FileContent | null> {
  return persist(() => readOnce(file, null), { isFinal: (error) => isExplained(error, file) });
}

/** What is in the file when it is not the one of that signature; null otherwise, and when there is none. */
export async function readIfChanged(file: string, signature: string | null): Promise<FileContent | null> {
  return readOnce(file, signature);
}

/** As {@link readIfChanged}. The file is opened, because only that makes a network file system ask its server. */
export async function readOnce(file: string, known: string | null): Promise<FileContent | null> {
  let handle: FileHandle;
  try {
    handle = await openRegular(file, constants.O_RDONLY);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const signature = signatureOf(await handle.stat({ bigint: true }));
    return signature === known ? null : { content: await handle.readFile('utf8'), signature };
  } finally {
    await handle.close();
  }
}

export function signatureOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino} ${size} ${mtimeNs}`;
}

/** Whether the permissions of a file or of what is above it say no, as they will in a moment, too. Windows has no such. */
export async function isExplained(error: unknown, file: string): Promise<boolean> {
  if (!isOfPermissions(error)) return false;
  const refuses = async (target: string): Promise<boolean> => {
    try {
      await access(target, constants.W_OK | constants.R_OK);
      return false;
    } catch (refusal) {
      return !isMissing(refusal);
    }
  };
  return (await Promise.all(targetsOf(file).map(refuses))).includes(true);
}

/** As {@link isExplained}, for a program that is about to end. */
export function isExplainedSync(error: unknown, file: string): boolean {
  if (!isOfPermissions(error)) return false;
  return targetsOf(file).some((target) => {
    try {
      accessSync(target, constants.W_OK | constants.R_OK);
      return false;
    } catch (refusal) {
      return !isMissing(refusal);
    }
  });
}

function isOfPermissions(error: unknown): boolean {
  const code = errorCode(error);
  return process.platform !== 'win32' && (code === 'EACCES' || code === 'EPERM');
}

const targetsOf = (file: string): string[] => [path.dirname(file), `${file}.lock`, file];
