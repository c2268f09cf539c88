import { type HttpRequest, withHeaders } from '../call/request.ts';
import { NO_TIMEOUTS } from '../options/timeouts.ts';
import type { PartOfFile } from './plan.ts';

/**
 * The request for what is missing behind a part, or for all (RFC 9110 §14.2, §13.1.5). The time for the whole download is not
 * that of one request.
 * @param showsCodings they can be declined: a file is what is stored, and has offsets
 */
export function requestFor(
  request: HttpRequest,
  part: PartOfFile | null,
  showsCodings: boolean,
): HttpRequest {
  const headers = request.headers.clone();
  if (showsCodings) headers.setDefault('accept-encoding', 'identity');
  if (part !== null) {
    headers.set('range', `bytes=${part.bytes}-`);
    headers.set('if-range', part.validator);
  }
  const { timeouts } = request.options;
  const options =
    timeouts === NO_TIMEOUTS ? request.options : { ...request.options, timeouts: { ...timeouts, total: 0 } };
  return { ...withHeaders(request, headers), options };
}
