import type { NetworkErrorCode } from '../error.ts';
import { isIdempotent } from '../message/methods.ts';
import type { RetryPolicy } from '../options/retry-options.ts';
import { parseHttpDate } from '../util/http-date.ts';

/** What an attempt has come to: an answer, or none. */
export type Outcome =
  | { readonly status: number; readonly retryAfter: number | null }
  | {
      readonly code: NetworkErrorCode;
      /** It has failed before anything was sent, whatever the code says. */
      readonly isUnsent?: boolean;
    };

export interface RetrySituation {
  readonly policy: RetryPolicy;
  readonly method: string;
  /** The request has an Idempotency-Key. */
  readonly hasKey: boolean;
  /** There is no body, or it can be sent again. */
  readonly replayable: boolean;
  readonly outcome: Outcome;
  /** Attempts that were made, this one included. */
  readonly attempts: number;
  /** Milliseconds since the first of them began. */
  readonly elapsed: number;
  /** 0 to 1: what chance makes of the pause. */
  readonly random: number;
}

/** Failures before anything of the request was sent: whatever the method, the server has not seen it. */
const UNSENT: ReadonlySet<NetworkErrorCode> = new Set([
  'connection-refused',
  'host-not-found',
  'proxy-connection-refused',
  'proxy-not-found',
]);

/** Failures after which the server may have seen the request, and the next attempt may well succeed. */
const PASSING: ReadonlySet<NetworkErrorCode> = new Set([
  'remote-host-closed',
  'timeout',
  'temporary-network-failure',
  'network-session-failed',
  'unknown-network',
  'proxy-connection-closed',
  'proxy-timeout',
]);

/**
 * Milliseconds to wait before the request is sent again, or null when what came of it stands.
 *
 * Idempotent methods are sent again (RFC 9110 §9.2.2), others only with an Idempotency-Key, or where nothing of them was
 * sent. A body that can be read once was not touched then.
 */
export function planRetry(situation: RetrySituation): number | null {
  const { policy, outcome, attempts, elapsed } = situation;
  if (attempts >= policy.attempts || !isPassing(outcome, policy) || !maySendAgain(situation)) return null;
  const wait = pauseBefore(situation);
  return wait === null || elapsed + wait > policy.totalTime ? null : wait;
}

function isPassing(outcome: Outcome, { statuses }: RetryPolicy): boolean {
  if ('status' in outcome) return statuses.includes(outcome.status);
  return UNSENT.has(outcome.code) || PASSING.has(outcome.code);
}

function maySendAgain({ outcome, method, hasKey, replayable }: RetrySituation): boolean {
  if ('code' in outcome && (outcome.isUnsent || UNSENT.has(outcome.code))) return true;
  return replayable && (hasKey || isIdempotent(method));
}

function pauseBefore({ policy, outcome, attempts, random }: RetrySituation): number | null {
  const longest = Math.min(policy.delay * 2 ** (attempts - 1), policy.maximumDelay);
  const chosen = Math.round(longest * random);
  const asked = 'status' in outcome ? outcome.retryAfter : null;
  if (asked === null) return chosen;
  return asked > policy.maximumRetryAfter ? null : Math.max(asked, chosen);
}

/**
 * Milliseconds of a Retry-After field (RFC 9110 §10.2.3), in seconds or as a date; null for what is neither. A date that has
 * passed is 0.
 * @param now epoch milliseconds
 */
export function parseRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = parseHttpDate(text, now);
  return date === null ? null : Math.max(date - now, 0);
}
