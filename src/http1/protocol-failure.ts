import { NetworkError } from '../error.ts';
import type { ResponseLimits } from './response-limits.ts';

/** The server broke RFC 9112: nothing on this connection can be trusted any more. */
export function protocolFailure(reason: string): NetworkError {
  return new NetworkError('protocol-failure', `HTTP/1.1 response refused: ${reason}`);
}

/**
 * The response is larger than we let it be. The server may have broken no rule, so the message says whose limit it is.
 *
 * @param what it has too much of, with the limit
 * @param option the limit's name among `responseLimits`
 */
export function limitExceeded(what: string, option: keyof ResponseLimits): NetworkError {
  return protocolFailure(`${what}, which is our limit (responseLimits.${option})`);
}
