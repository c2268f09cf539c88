import { NetworkError, type NetworkErrorCode } from '../../../../src/error.ts';

/** What the next way would not do better, or must not be asked to. */
const FINAL: ReadonlySet<NetworkErrorCode> = new Set([
  'operation-canceled',
  'content-access-denied',
  'proxy-authentication-required',
  // The origin's own certificate: the way to it is open.
  'ssl-handshake-failed',
]);

/**
 * A proxy that cannot reach the origin (tinyproxy and Squid say 500 of some), or has too much to do. Another status is its
 * answer: a rule is not gone around.
 */
const PASSING_STATUS: ReadonlySet<number> = new Set([500, 502, 503, 504]);

/**
 * What is wrong with the origin, as it turns out on the way through a proxy, which is well itself. As the cause of an error it
 * goes with every copy of that: many requests may have waited for one connection.
 */
export class OriginFailure extends Error {
  override readonly name = 'OriginFailure';
}

/** Whether the next way is tried after a connection could not be opened. Nothing of the request has been sent then. */
export function isPassedOver({ code, status }: NetworkError): boolean {
  return !FINAL.has(code) && (status === undefined || PASSING_STATUS.has(status));
}

/**
 * Whether a failure is the fault of the proxy itself (Qt: the codes 101 to 199), so that others are asked before it for a
 * while. What has gone wrong with the origin at the other end of a tunnel has a code of its own.
 */
export function isDead({ qtCode, status, cause }: NetworkError): boolean {
  return qtCode > 100 && qtCode < 200 && status === undefined && !(cause instanceof OriginFailure);
}

/** The failure of all ways: that of the last one, with all of them in order as its cause. */
export function failureOfAll(failures: readonly NetworkError[]): NetworkError {
  const last = failures.at(-1)!;
  if (failures.length === 1) return last;
  const cause = new AggregateError(failures, `all of ${failures.length} ways have failed`);
  return new NetworkError(last.code, last.message, { ...last, cause });
}
