import { delay, systemClock } from '../../../src/util/clock.ts';

/*
 * What a file system refuses: by which code it says so, how long that is waited out, and in which words it is told.
 */

/** The code of a system error (`ENOENT`), or undefined. */
export function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null | undefined)?.code;
}

export function isMissing(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/**
 * Refusals that a moment's patience may end, on any system: a network file system has replaced the file under our handle
 * (ESTALE) or lost an answer (EIO), a signal came in between, the process has no descriptor left just now.
 */
const MOMENTARY: ReadonlySet<string> = new Set(['ESTALE', 'EINTR', 'EAGAIN', 'EMFILE', 'ENFILE', 'EIO']);
/** On Windows these mean as a rule that somebody else has the file open: a virus scanner, an indexer, another process. */
const SHARING: ReadonlySet<string> = new Set(['EPERM', 'EBUSY', 'EACCES']);

/** How long (milliseconds) a refusal is waited out. Scanners on Windows hold files for seconds; elsewhere it is a moment. */
const PATIENCE = process.platform === 'win32' ? 10_000 : 2000;
const FIRST_PAUSE = 5;
const LONGEST_PAUSE = 100;

/** Whether the file system may answer otherwise in a moment. */
export function mayPass(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return MOMENTARY.has(code) || SHARING.has(code);
}

/**
 * Does it again, with growing pauses, while the file system refuses it for a reason that {@link mayPass}, for at most
 * `patience` milliseconds of the monotonic clock. The one rule of everything that we do with files of our own: stores,
 * claims, leases and caches. Rejects with the last refusal.
 *
 * @param isFinal whether a refusal stands for another reason: permissions explain it, say
 */
export async function persist<Value>(
  work: () => Promise<Value>,
  {
    patience = PATIENCE,
    isFinal,
  }: {
    readonly patience?: number;
    readonly isFinal?: ((error: unknown) => boolean | Promise<boolean>) | undefined;
  } = {},
): Promise<Value> {
  const deadline = systemClock.monotonic() + patience;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return await work();
    } catch (error) {
      if (!mayPass(error) || systemClock.monotonic() + pause > deadline || (await isFinal?.(error)))
        throw error;
    }
    await delay(pause);
  }
}

// What the refusals mean that replacing a file can meet, for `replaceFile` and `replaceFileSync` alike.

/** Some file systems over a network or in user space have no sync: what they are given is as durable as it gets. */
export function hasNoSync(error: unknown): boolean {
  return ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(error) ?? '');
}

/** The refusal in words where the file is mounted by itself, so that no other one can take its place. */
export function inWords(cause: unknown, file: string): unknown {
  if (errorCode(cause) !== 'EBUSY' || process.platform === 'win32') return cause;
  const message = `${file} cannot be replaced: it seems to be mounted by itself. Mount its directory instead`;
  return Object.assign(new Error(message, { cause }), { code: 'EXDEV' });
}
