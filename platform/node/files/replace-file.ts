import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import path from 'node:path';
import { delay, systemClock } from '../../../src/util/clock.ts';
import { ClaimWatch, claimName, keepFresh } from './claims.ts';
import { makeDirectory, TO_CREATE } from './own-files.ts';
import { isExplained, readOnce, signatureOf } from './read-file.ts';
import { inWords, isMissing, persist } from './refusals.ts';
import { syncContent, syncDirectory } from './sync.ts';

/** How long (milliseconds) to wait for others to finish. Well above what an abandoned claim costs. */
const PATIENCE = 15_000;
/** Longest pause (milliseconds) between two attempts. */
const LONGEST_PAUSE = 50;

/**
 * Reads a file and replaces it by what `update` makes of its content (null: there is no file), alone among all
 * processes that do so with this function. The file is whole at any instant, and afterwards it would survive a loss of
 * power. Missing directories are made, all for the user alone.
 *
 * A writer stakes a claim, a file of its own in `<file>.lock/`, and goes on only when it then sees no claim of another
 * process that is at it; of two that see each other, both withdraw and come back after a random pause. The new content is
 * written into the claim itself, so that the one `rename` over the target both publishes it and gives the claim up. A
 * process that was taken for dead meanwhile finds its claim removed: its rename fails, nothing is lost, it starts over.
 * That is why a lock needs no takeover here, and a kill at any instant leaves at most a claim that the next writer removes.
 *
 * What the file system refuses for a moment is tried again ({@link persist}). `update` may run more than once.
 *
 * @returns the signature of the file that it made
 * @throws Error of the file system, or when others hold the file for more than 15 seconds
 */
export async function replaceFile(
  file: string,
  update: (content: string | null) => Promise<string>,
): Promise<string> {
  const watch = new ClaimWatch(`${file}.lock`);
  const deadline = systemClock.monotonic() + PATIENCE;
  // A refusal that the permissions explain does not pass. (Those of Windows cannot be asked like that.)
  const isFinal = (error: unknown): Promise<boolean> => isExplained(error, file);
  for (;;) {
    const signature = await persist(() => attempt(file, watch, update), { isFinal });
    if (signature !== null) return signature;
    if (systemClock.monotonic() > deadline)
      throw new Error(`${file} is being written by others all the time`);
    await delay(Math.random() * LONGEST_PAUSE);
  }
}

/** Null: others were at it, try again. */
async function attempt(
  file: string,
  watch: ClaimWatch,
  update: (content: string | null) => Promise<string>,
): Promise<string | null> {
  const directory = `${file}.lock`;
  await makeDirectory(directory);
  if (await watch.isClaimed()) return null;
  const name = claimName();
  const claim = path.join(directory, name);
  let handle: FileHandle | null = null;
  let stopBeating = (): void => {};
  let isPublished = false;
  try {
    handle = await open(claim, TO_CREATE, 0o600);
    stopBeating = keepFresh(claim);
    watch.owner = (await handle.stat()).uid;
    if (await watch.isContested(name)) return null;
    await handle.writeFile(await update((await readOnce(file, null))?.content ?? null));
    await syncContent(handle);
    const signature = signatureOf(await handle.stat({ bigint: true }));
    await handle.close();
    handle = null;
    await publish(claim, file);
    isPublished = true;
    await syncDirectory(path.dirname(file));
    return signature;
  } catch (error) {
    // Others took the claim for abandoned, or the directory has gone.
    if (isMissing(error)) return null;
    throw error;
  } finally {
    stopBeating();
    await handle?.close().catch(() => {});
    // Nothing depends on it: a claim that stays is removed by the next writer.
    if (!isPublished) await unlink(claim).catch(() => {});
  }
}

/** @throws Error in words where the file is mounted by itself, so that no other one can take its place */
async function publish(claim: string, file: string): Promise<void> {
  try {
    await persist(() => rename(claim, file), { isFinal: (error) => isExplained(error, file) });
  } catch (cause) {
    throw inWords(cause, file);
  }
}
