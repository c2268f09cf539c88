import type { NetworkErrorCode } from '../error.ts';

/** What the next attempt to open an event stream is decided by. */
export interface StreamEnd {
  /** Streams in a row that gave no event, and failures to open one. */
  readonly fruitless: number;
  /** Milliseconds: what the stream has said, or the option. */
  readonly retry: number;
  /** 0 to 1, for jitter. */
  readonly random: number;
}

/** The longest pause that a server can ask for: an hour. */
const LONGEST_RETRY = 3_600_000;
/** The longest pause that failures alone lead to: a minute. */
const LONGEST_BACKOFF = 60_000;

/**
 * Milliseconds until the stream is asked for again: what the server wants, doubled for each attempt without an event, up to
 * a minute. Half of what is added is left to chance, so that the clients of a server that was down do not come back at once.
 *
 * Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#reestablish-the-connection
 */
export function reconnectionDelay({ fruitless, retry, random }: StreamEnd): number {
  const base = Math.min(retry, LONGEST_RETRY);
  const longest = Math.max(
    base,
    Math.min(LONGEST_BACKOFF, Math.max(base, 100) * 2 ** Math.min(fruitless, 20)),
  );
  const added = longest - base;
  return Math.round(base + added / 2 + (added / 2) * random);
}

/** Failures after which the same request may get an answer: of the way to the server, and of nothing else. */
const PASSING: ReadonlySet<NetworkErrorCode> = new Set([
  'connection-refused',
  'remote-host-closed',
  'host-not-found',
  'timeout',
  'temporary-network-failure',
  'network-session-failed',
  'unknown-network',
  'proxy-connection-refused',
  'proxy-connection-closed',
  'proxy-timeout',
]);

export function isWorthReconnecting(code: NetworkErrorCode): boolean {
  return PASSING.has(code);
}

/** What the answer to a request for an event stream means. */
export type StreamAnswer = 'stream' | 'over' | 'refused';

/** 204 tells a client to stop; all but a 200 of the right type is no stream, and is not asked for again. */
export function judgeStream(status: number, contentType: string | null): StreamAnswer {
  if (status === 204) return 'over';
  return status === 200 && /^\s*text\/event-stream\s*(;|$)/i.test(contentType ?? '') ? 'stream' : 'refused';
}
