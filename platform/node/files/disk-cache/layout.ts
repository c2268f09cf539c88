import { randomBytes } from 'node:crypto';
import { rename, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { entriesIn, isPrivateDirectory, isSafeParent, makeDirectory, namesIn } from '../own-files.ts';
import { isMissing, persist } from '../refusals.ts';
import { discardEntry } from './entry-file.ts';

/**
 * What lies where in the directory of a cache: `v1/ab/<40 hex digits>.<slot>` are entries, `v1/tmp` holds what is being
 * written, `v1/evicting` is the lease of the process that makes room, `v1/cleared` tells the epoch (`cache-directory.ts`), and `v1-<12 hex digits>` what was moved aside to be
 * cleared. What has another name is somebody else's and stays.
 */
export const LAYOUT = 'v1';
export const SHARD_NAME = /^[\da-f]{2}$/;
export const ENTRY_NAME = /^[\da-f]{40}\.\d$/;
export const TEMPORARY_NAME = /^[\da-f]{24}$/;
const CLEARED_NAME = new RegExp(`^${LAYOUT}-[\\da-f]{12}$`);
const LEASE_NAME = /^(evicting|evicted-[\da-f-]+)$/;
const EPOCH_NAME = /^cleared$/;

/**
 * Whether the directory may be used for a cache: what it holds is believed, so it must be the user's own.
 *
 * @returns false when there is none yet
 * @throws NotOurs when it is a link, of another user, or writable by others
 */
export async function isSafe(root: string): Promise<boolean> {
  return (await isSafeParent(path.dirname(root))) && (await isPrivateDirectory(root));
}

/** Makes the directory of a file of ours, for the user alone. */
export async function makeDirectoryOf(root: string, file: string): Promise<void> {
  await makeDirectory(root);
  await isSafe(root);
  await makeDirectory(path.dirname(file));
}

/** What is left after all was to be removed. */
export interface Left {
  /** Entries that are still some, or the whole directory when it cannot be listed. */
  readonly entries: readonly string[];
  /** Why. */
  readonly error: unknown;
}

/**
 * Takes all entries out of reach with one rename and removes them then; where that is refused (on Windows a directory stays
 * as long as a file in it is open), entry by entry. Null when nothing is left.
 */
export async function clearEntries(root: string): Promise<Left | null> {
  const aside = path.join(path.dirname(root), `${LAYOUT}-${randomBytes(6).toString('hex')}`);
  try {
    await persist(() => rename(root, aside), { patience: RENAME_PATIENCE });
  } catch (error) {
    return isMissing(error) ? null : removeEntries(root);
  }
  // What others had put there goes back, unless there is a new directory by now.
  if ((await removeEntries(aside, [LEASE_NAME, EPOCH_NAME])) === null)
    await rename(aside, root).catch(() => {});
  return null;
}

/** How long (milliseconds) the directory as a whole is tried. What is refused longer is done entry by entry. */
const RENAME_PATIENCE = 500;

/** Removes what killed processes had moved aside, where `isLeft` says so. */
export async function removeCleared(root: string, isLeft: (path: string) => Promise<boolean>): Promise<void> {
  const above = path.dirname(root);
  for (const cleared of await entriesIn(above, CLEARED_NAME)) {
    const directory = path.join(above, cleared.name);
    if (cleared.isDirectory() && (await isLeft(directory))) await removeEntries(directory);
  }
}

/** Removes the files of ours in a directory of that layout, and the directories that are empty then. */
async function removeEntries(root: string, others: readonly RegExp[] = [LEASE_NAME]): Promise<Left | null> {
  const entries: string[] = [];
  let failure: { readonly error: unknown } | null = null;
  const removeNamed = async (directory: string, form: RegExp): Promise<void> => {
    for (const name of await namesIn(directory, form)) {
      const file = path.join(directory, name);
      const left = await discardEntry(file, failure === null ? RENAME_PATIENCE : 0);
      if (left === null) continue;
      failure = { error: left.refusal };
      if (!left.isSpoilt) entries.push(file);
    }
  };
  try {
    for (const shard of await persist(() => entriesIn(root, SHARD_NAME))) {
      if (!shard.isDirectory()) continue;
      const directory = path.join(root, shard.name);
      await removeNamed(directory, ENTRY_NAME);
      await rmdir(directory).catch(() => {});
    }
    await removeNamed(path.join(root, 'tmp'), TEMPORARY_NAME);
    await rmdir(path.join(root, 'tmp')).catch(() => {});
    for (const form of others) await removeNamed(root, form);
    await rmdir(root).catch(() => {});
  } catch (error) {
    failure = { error };
    entries.push(root);
  }
  return failure === null ? null : { entries, ...failure };
}
