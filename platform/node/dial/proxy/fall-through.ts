import type { Route } from '../../../../src/call/route.ts';
import { NetworkError, type NetworkErrorCode } from '../../../../src/error.ts';

/** What the next way would not do better, or must not be asked to. */
const FINAL: ReadonlySet<NetworkErrorCode> = new Set([
  'operation-canceled',
  'content-access-denied',
  'proxy-authentication-required',
  // The origin's own certificate: the way to it is open.
  'ssl-handshake-failed',
]);

/** A proxy that cannot reach the origin, or has too much to do. Another status is its answer: a rule is not gone around. */
const PASSING_STATUS: ReadonlySet<number> = new Set([502, 503, 504]);

/** Failures of which a proxy tells that is well itself. */
const told = new WeakSet<NetworkError>();

/** Marks a failure that says nothing against the proxy which tells of it. */
export function toldByProxy(error: NetworkError): NetworkError {
  told.add(error);
  return error;
}

/** Whether the next way is tried after a connection could not be opened. Nothing of the request has been sent then. */
export function isPassedOver({ code, status }: NetworkError): boolean {
  return !FINAL.has(code) && (status === undefined || PASSING_STATUS.has(status));
}

/** Whether a failure is the fault of the proxy itself, so that others are asked before it for a while. */
export function isDead(route: Route, error: NetworkError): boolean {
  return route.kind !== 'direct' && error.status === undefined && !told.has(error);
}

/** The failure of all ways: that of the last one, with all of them in order as its cause. */
export function failureOfAll(failures: readonly NetworkError[]): NetworkError {
  const last = failures.at(-1)!;
  if (failures.length === 1) return last;
  const { code, url, status, headers, body } = last;
  const cause = new AggregateError(failures, `all of ${failures.length} ways have failed`);
  return new NetworkError(code, last.message, { url, status, headers, body, cause });
}
