import type { HttpRequest } from '../call/request.ts';
import { codeForStatus, ERROR_BODY_LIMIT, NetworkError } from '../error.ts';
import { COLLECTED_LIMIT } from '../message/collect-response.ts';
import { requestName } from './error-sentence.ts';

/** What is known of a body when a chunk of it arrives. */
export interface BodyState {
  /** HTTP status of the response. */
  readonly status: number;
  /** Bytes that have arrived, that chunk included. */
  readonly received: number;
  /** Bytes that were announced, −1 when it is not known. */
  readonly total: number;
  /** Bytes that have arrived and are unread, that chunk included. */
  readonly unread: number;
  /** All of it is collected for a promise. */
  readonly isCollected: boolean;
}

type Limits = Pick<HttpRequest['options'], 'maximumBodySize' | 'throwHttpErrors'>;

/**
 * What becomes of a body that has come so far: `take` it, `refuse` it because it is larger than it may be, or `settle` for
 * what is there of an error's body, of which no more is wanted.
 *
 * A body that is announced too large is refused with its first chunk, unless it is that of an error: that the status says
 * what went wrong is worth more.
 */
export function judgeBody(state: BodyState, options: Limits): 'take' | 'refuse' | 'settle' {
  const { status, received, total, unread, isCollected } = state;
  const isError = codeForStatus(status) !== null;
  if (isError && isCollected && options.throwHttpErrors && received >= ERROR_BODY_LIMIT) return 'settle';
  const size = isError ? received : Math.max(received, total);
  const { maximumBodySize } = options;
  if (maximumBodySize !== null) return size > maximumBodySize ? 'refuse' : 'take';
  return (isCollected ? size : unread) > COLLECTED_LIMIT ? 'refuse' : 'take';
}

/** What a reply fails with whose body was refused. */
export function bodyTooLarge({ method, url, options }: HttpRequest, status: number): NetworkError {
  const { maximumBodySize } = options;
  const why =
    maximumBodySize === null
      ? `the ${COLLECTED_LIMIT} bytes that are kept in memory (read it as it arrives, or set maximumBodySize)`
      : `the ${maximumBodySize} bytes of maximumBodySize`;
  return new NetworkError(
    'unknown-content',
    `${requestName(method, url.href)}: the body is larger than ${why}`,
    {
      url: url.href,
      status,
    },
  );
}
