import type { Hop } from '../call/reply-event.ts';
import type { HttpRequest } from '../call/request.ts';
import { NetworkError } from '../error.ts';

/** What a Response needs of the reply behind it. */
export interface AnsweringReply {
  readonly url: string;
  readonly request: HttpRequest;
  readonly hops: readonly Hop[];
  readonly isBodyClaimed: boolean;
  abort(cause?: unknown): void;
}

/**
 * What the body of a Response fails with: when a signal has aborted, its reason; else a TypeError, with what happened as
 * its cause (WHATWG Fetch, abort a fetch() call; body's consume algorithms).
 */
export function bodyFailure({ request }: AnsweringReply, error: unknown): unknown {
  if (!(error instanceof NetworkError)) return error;
  const { signal } = request.options;
  if (error.code === 'operation-canceled' && signal?.aborted) return signal.reason;
  return new TypeError(`the body failed: ${error.message}`, { cause: error });
}

/** The status that a Response shows: a scheme without one (data:) answers 200 in fetch. */
export function shownStatus(status: number): number {
  return status === 0 ? 200 : status;
}

/** One that the constructor takes: it knows no status above 599, which servers send all the same (RFC 9110 §15). */
export function constructibleStatus(status: number): number {
  return status >= 200 && status <= 599 ? status : 200;
}

/** Statuses whose Response must not have a body (WHATWG Fetch, null body status). */
export const NULL_BODY: ReadonlySet<number> = new Set([101, 103, 204, 205, 304]);
