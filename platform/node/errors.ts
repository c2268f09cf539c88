import { NetworkError, type NetworkErrorCode } from '../../src/error.ts';
import { reasonOf } from '../common/network-failure.ts';

const FILE_CODES: ReadonlyMap<string, NetworkErrorCode> = new Map([
  ['ENOENT', 'content-not-found'],
  ['ENOTDIR', 'content-not-found'],
  ['ENAMETOOLONG', 'content-not-found'],
  ['ELOOP', 'content-not-found'],
  ['EACCES', 'content-access-denied'],
  ['EPERM', 'content-access-denied'],
  ['EROFS', 'content-access-denied'],
  ['EISDIR', 'content-operation-not-permitted'],
]);

/** The error of a request that the transport itself ended: its connections were cleared, or it was closed. */
export function givenUp(url: string, reason: string): NetworkError {
  return new NetworkError('operation-canceled', `the request was given up: ${reason}`, { url });
}

/**
 * What the file system threw, as our error. Passes a NetworkError through.
 * @param url of a request for the file itself
 */
export function fileFailure(thrown: unknown, url?: string): NetworkError {
  if (thrown instanceof NetworkError) return thrown;
  const { code, text } = reasonOf(thrown);
  return new NetworkError(FILE_CODES.get(code) ?? 'unknown-content', `the file cannot be used: ${text}`, {
    url,
    cause: thrown,
  });
}
