import * as fs from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../../src/util/clock.ts';
import { nodeOptions } from '../node-options.ts';
import { ABANDONED_AFTER, ClaimWatch, claimName, isClaimName, isOwnClaim } from './claims.ts';
import { NotOurs, TO_CREATE, TO_READ } from './own-files.ts';
import { isExplainedSync } from './read-file.ts';
import { hasNoSync, inWords, isMissing, mayPass } from './refusals.ts';

/** How long (milliseconds) a program that is about to end waits for others, and for what refuses. */
const PATIENCE = ABANDONED_AFTER + 500;
const PAUSE = 10;

/** What an update makes of the content: the new one, and what the caller gets. */
export interface SyncUpdate<Result> {
  readonly text: string;
  readonly result: Result;
}

/**
 * `replaceFile` for a program that ends by `process.exit`: the same claims and the same atomic rename, and it blocks the
 * whole process, for two and a half seconds at most. Operations of this process that are under way are overtaken: they
 * find their claims gone and start over, if there is still time.
 */
export function replaceFileSync<Result>(
  file: string,
  update: (content: string | null) => SyncUpdate<Result>,
): Result {
  const watch = new ClaimWatch(`${file}.lock`);
  const deadline = systemClock.monotonic() + PATIENCE;
  for (;;) {
    try {
      const done = attempt(file, watch, update);
      if (done !== null) return done.result;
    } catch (error) {
      if (!mayPass(error) || isExplainedSync(error, file)) throw error;
      if (systemClock.monotonic() > deadline) throw inWords(error, file);
    }
    if (systemClock.monotonic() > deadline)
      throw new Error(`${file} is being written by others all the time`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
}

/** Null: others are at it, try again. */
function attempt<Result>(
  file: string,
  watch: ClaimWatch,
  update: (content: string | null) => SyncUpdate<Result>,
): SyncUpdate<Result> | null {
  const directory = `${file}.lock`;
  fs.mkdirSync(directory, nodeOptions('file', { recursive: true, mode: 0o700 }));
  if (!fs.lstatSync(directory).isDirectory()) throw new NotOurs(directory, 'is no directory of ours');
  const name = claimName();
  const claim = path.join(directory, name);
  let updated: SyncUpdate<Result>;
  const descriptor = fs.openSync(claim, TO_CREATE, 0o600);
  try {
    try {
      watch.owner = fs.fstatSync(descriptor).uid;
      if (isContested(directory, name, watch)) return null;
      updated = update(read(file));
      fs.writeFileSync(descriptor, updated.text);
      syncContent(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(claim, file);
    return updated;
  } finally {
    fs.rmSync(claim, nodeOptions('file', { force: true }));
  }
}

/** As `syncContent` of `replaceFile`. */
function syncContent(descriptor: number): void {
  try {
    fs.fsyncSync(descriptor);
  } catch (error) {
    if (!hasNoSync(error)) throw error;
  }
}

function isContested(directory: string, own: string, watch: ClaimWatch): boolean {
  let contested = false;
  for (const name of fs.readdirSync(directory)) {
    if (name === own || !isClaimName(name)) continue;
    const stat = fs.lstatSync(path.join(directory, name), { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.uid !== watch.owner) continue;
    if (isOwnClaim(name) || watch.isAbandoned(name, stat))
      fs.rmSync(path.join(directory, name), nodeOptions('file', { force: true }));
    else contested = true;
  }
  return contested;
}

function read(file: string): string | null {
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, TO_READ);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    if (!fs.fstatSync(descriptor).isFile()) throw new NotOurs(file, 'is not a regular file');
    return fs.readFileSync(descriptor, 'utf8');
  } finally {
    fs.closeSync(descriptor);
  }
}
