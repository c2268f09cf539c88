import type { ResponseHead } from '../call/reply-event.ts';
import type { HttpRequest } from '../call/request.ts';
import { phasesOf, tookTooLong } from '../call/timed-out.ts';
import type { Timings } from '../call/timings.ts';
import { codeForStatus, NetworkError } from '../error.ts';
import { requestName } from '../reply/error-sentence.ts';
import type { Clock } from '../util/clock.ts';
import { withoutFragment } from '../util/url.ts';

/** What came is not what was announced. */
export function wrongContent(message: string, request: HttpRequest): NetworkError {
  return new NetworkError('unknown-content', message, { url: withoutFragment(request.url) });
}

/** The answer is an error by its status. */
export function answeredWith({ status, reason, url }: ResponseHead, { method }: HttpRequest): NetworkError {
  const message = `${requestName(method, url)} was answered ${status} ${reason}`.trimEnd();
  return new NetworkError(codeForStatus(status) ?? 'unknown-content', message, { url, status });
}

/** The answer is no error, and no file either. */
export function noFile({ status, url }: ResponseHead, { method }: HttpRequest): NetworkError {
  const message = `${requestName(method, url)} was answered ${status}, which is no file that could be saved`;
  return new NetworkError('protocol-failure', message, { url, status });
}

/**
 * The time for the whole download is over.
 * @param timings of the request under way; none between two
 * @param created when the download was begun
 */
export function tooLong(
  limit: number,
  { url }: HttpRequest,
  timings: Timings | null | undefined,
  created: number,
  clock: Clock,
): NetworkError {
  const phases = timings == null ? { before: limit } : phasesOf({ ...timings, created }, clock.now(), null);
  return tookTooLong('total', limit, withoutFragment(url), phases);
}

/** For an answer that is let go of, of which nothing more is heard. */
export function notWanted(reason: string): NetworkError {
  return new NetworkError('operation-canceled', reason);
}
