import { errorCode } from './error-code.ts';

/**
 * What the refusals mean that replacing a file can meet, for `replaceFile` and `replaceFileSync` alike.
 */

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
