import { NetworkError } from '../error.ts';

/**
 * What the source of a request body threw, as the error of the request: never mistaken for one of the network, whatever
 * code it has. Qt: a device that fails or ends early is UnknownNetworkError, too.
 */
export function sourceFailure(cause: unknown): NetworkError {
  if (cause instanceof NetworkError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new NetworkError('unknown-network', `the request body failed: ${reason}`, { cause });
}
