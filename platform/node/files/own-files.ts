import { constants, type Dirent, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, unlink } from 'node:fs/promises';
import { type Check, requiredText } from '../../../src/checks/checker.ts';
import { nodeOptions } from '../node-options.ts';
import { errorCode, isMissing } from './refusals.ts';
import { mayNameFile } from './windows-names.ts';

/**
 * What of the file system is ours. A name in a directory says nothing: others put files, links and pipes wherever they may
 * write. We open no link, wait for no pipe, and remove only what has a name, a type and an owner of ours. All code that
 * opens, lists or removes files of stores and caches asks here.
 */

/** An option that is the path of what we keep. On Windows a device, or a stream of a file, could not be replaced. */
export function ownPath(what: string): Check {
  const text = requiredText(`the path of ${what}`);
  if (process.platform !== 'win32') return text;
  const expected = `${text.expected}, which is neither a device (NUL) nor a stream of a file (name:stream)`;
  return { ...text, expected, accepts: (value) => text.accepts(value) && mayNameFile(value as string) };
}

/** Refuses a link as the last part of a path (ELOOP). Windows, where only administrators make links, does not know it. */
const NO_LINK = constants.O_NOFOLLOW ?? 0;
/** Opening a FIFO would wait for its other end, in a thread that the whole process shares. */
const NO_WAIT = constants.O_NONBLOCK ?? 0;

/** The flags with which every file of ours is opened: no link is followed and no pipe waited for. */
function safely(flags: number): number {
  return flags | NO_LINK | NO_WAIT;
}

/** For reading a file of ours. */
export const TO_READ = safely(constants.O_RDONLY);
/** For changing a file of ours that exists. */
export const TO_CHANGE = safely(constants.O_RDWR);
/** For making a file that must not exist. */
export const TO_CREATE = safely(constants.O_RDWR | constants.O_CREAT | constants.O_EXCL);

/** A path leads to something that is not ours, and that we do not touch. */
export class NotOurs extends Error {
  readonly code: string;

  constructor(path: string, what: string, code = 'EINVAL', cause?: unknown) {
    super(`${code}: ${path} ${what}`, { cause });
    this.name = 'NotOurs';
    this.code = code;
  }
}

/** Opens a regular file. A link, a directory, a FIFO, a socket or a device in its place is refused in words. */
export async function openRegular(file: string, flags: number, mode?: number): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(file, safely(flags), mode);
  } catch (error) {
    // ENXIO: a socket, or a FIFO without a reader. EMLINK is FreeBSD's word for ELOOP.
    if (['ELOOP', 'EMLINK', 'ENXIO', 'EISDIR'].includes(errorCode(error) ?? ''))
      throw refused(file, await lstat(file).catch(() => null), error);
    throw error;
  }
  try {
    const stat = await handle.stat();
    if (stat.isFile()) return handle;
    throw refused(file, stat);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function refused(file: string, stat: Stats | null, cause?: unknown): Error {
  const code = stat?.isDirectory() ? 'EISDIR' : (errorCode(cause) ?? 'EINVAL');
  const what = stat === null ? 'a special file' : kindOf(stat);
  return new NotOurs(file, `is ${what}, not a regular file`, code, cause);
}

/** For messages: `a link`, `a directory` … */
function kindOf(stat: Stats): string {
  if (stat.isSymbolicLink()) return 'a link';
  if (stat.isDirectory()) return 'a directory';
  if (stat.isFIFO()) return 'a FIFO';
  if (stat.isSocket()) return 'a socket';
  return 'a special file';
}

/**
 * Makes a directory for the user alone, with those above it, unless it is there. What is there must be a directory and no
 * link.
 */
export async function makeDirectory(directory: string): Promise<void> {
  await mkdir(directory, nodeOptions('file', { recursive: true, mode: 0o700 }));
  const stat = await lstat(directory);
  if (!stat.isDirectory()) throw new NotOurs(directory, `is ${kindOf(stat)}, not a directory of ours`);
}

/**
 * Looks at a directory whose files are trusted for what they are named: it must be no link, belong to this user, and be
 * writable for no other one. Windows, where a user's directories are nobody else's, has no such bits.
 *
 * @returns false when there is none
 */
export async function isPrivateDirectory(directory: string): Promise<boolean> {
  const stat = await statDirectory(directory);
  const uid = process.getuid?.();
  if (stat === null || uid === undefined) return stat !== null;
  if (stat.uid !== uid) throw new NotOurs(directory, `belongs to another user (${stat.uid})`);
  if ((stat.mode & 0o022) !== 0) throw new NotOurs(directory, 'can be written by others (chmod go-w it)');
  return true;
}

/**
 * Looks at the directory above a private one, which an application names: others must not be able to put one of theirs
 * there. Where many users have a group of their own, that group may write.
 */
export async function isSafeParent(directory: string): Promise<boolean> {
  const stat = await statDirectory(directory);
  const uid = process.getuid?.();
  if (stat === null || uid === undefined) return stat !== null;
  if (stat.uid !== uid && stat.uid !== 0)
    throw new NotOurs(directory, `belongs to another user (${stat.uid})`);
  const isOwnGroup = stat.gid === stat.uid && stat.gid === process.getgid?.();
  const others = isOwnGroup ? 0o002 : 0o022;
  const isSticky = (stat.mode & 0o1000) !== 0;
  if ((stat.mode & others) !== 0 && !isSticky)
    throw new NotOurs(directory, 'can be written by others (chmod go-w it)');
  return true;
}

async function statDirectory(directory: string): Promise<Stats | null> {
  try {
    const stat = await lstat(directory);
    if (stat.isDirectory()) return stat;
    throw new NotOurs(directory, `is ${kindOf(stat)}, not a directory of ours`);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** The names in a directory that are ours by their form. What else is there is left alone; no directory has none. */
export async function namesIn(directory: string, form: RegExp): Promise<string[]> {
  return (await entriesIn(directory, form)).map(({ name }) => name);
}

/** As {@link namesIn}, with the type of each entry: that of a link is a link. */
export async function entriesIn(directory: string, form: RegExp): Promise<Dirent[]> {
  try {
    return (await readdir(directory, nodeOptions('file', { withFileTypes: true as const }))).filter(
      ({ name }) => form.test(name),
    );
  } catch (error) {
    if (isMissing(error) || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

/** What lies at a path when it is a regular file of that owner; null for anything else, and for nothing. */
export async function statOwn(file: string, owner: number | undefined): Promise<Stats | null> {
  try {
    const stat = await lstat(file);
    return stat.isFile() && (owner === undefined || stat.uid === owner) ? stat : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Removes a regular file of our own user. False when something else is there, which is left alone, or nothing. */
export async function removeOwn(file: string): Promise<boolean> {
  if ((await statOwn(file, process.getuid?.())) === null) return false;
  try {
    await unlink(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
