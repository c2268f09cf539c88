import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** A claim older than this (milliseconds) is taken for abandoned although its process lives: it hangs, or is another. */
const LEASE = 10_000;
/** How long to wait (milliseconds) for others to finish. Above LEASE, so that no abandoned claim can fail a caller. */
const PATIENCE = 15_000;
/** Longest pause (milliseconds) between two attempts. */
const LONGEST_PAUSE = 50;

/**
 * Reads a file and replaces it by what `update` makes of its content (null: there is no file), alone among all
 * processes of the machine that do so with this function. The file is whole at any instant, and afterwards it would
 * survive a loss of power. Missing directories are made, all for the user alone.
 *
 * A writer stakes a claim, a file of its own in `<file>.lock/`, and goes on only when it then sees no claim of another
 * living process; of two that see each other, both withdraw and come back after a random pause. The new content is
 * written into the claim itself, so that the one `rename` over the target both publishes it and gives the claim up.
 * Whoever was taken for dead meanwhile finds its claim removed: its rename fails, nothing is lost, it starts over. That
 * is why a lock needs no takeover here, and a kill at any instant leaves at most a claim that the next writer removes.
 *
 * `update` may run more than once.
 *
 * @throws Error of the file system, or when others hold the file for more than 15 seconds
 */
export async function replaceFile(
  file: string,
  update: (content: string | null) => Promise<string>,
): Promise<void> {
  const deadline = Date.now() + PATIENCE;
  while (!(await attempt(file, update))) {
    if (Date.now() > deadline) throw new Error(`${file} is being written by others all the time`);
    await delay(Math.random() * LONGEST_PAUSE);
  }
}

/** The content of a file, or null when there is none. */
export async function readIfExists(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** False: others were at it, try again. */
async function attempt(file: string, update: (content: string | null) => Promise<string>): Promise<boolean> {
  const claims = `${file}.lock`;
  await mkdir(claims, { recursive: true, mode: 0o700 });
  if (await isClaimed(claims)) return false;
  const claim = path.join(claims, `${process.pid}-${crypto.randomUUID()}`);
  try {
    await writeFile(claim, '', { flag: 'wx', mode: 0o600 });
    if (await isClaimed(claims, claim)) return false;
    await writeDurably(claim, await update(await readIfExists(file)));
    await rename(claim, file);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  } finally {
    await rm(claim, { force: true });
  }
  await syncDirectory(path.dirname(file));
  return true;
}

/** Whether a living process but ourselves has a claim. Removes those of the dead. */
async function isClaimed(claims: string, own?: string): Promise<boolean> {
  let claimed = false;
  for (const name of await readdir(claims)) {
    const claim = path.join(claims, name);
    if (claim === own) continue;
    if (await isAbandoned(claim)) await rm(claim, { force: true });
    else claimed = true;
  }
  return claimed;
}

async function isAbandoned(claim: string): Promise<boolean> {
  if (!isAlive(Number.parseInt(path.basename(claim), 10))) return true;
  try {
    return Math.abs(Date.now() - (await stat(claim)).mtimeMs) > LEASE;
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signalled, but it is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Fails when the file is gone: what is written into a claim that others have removed must not make it anew. */
async function writeDurably(file: string, content: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename in that directory durable. Windows cannot open directories and does not need it. */
async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
