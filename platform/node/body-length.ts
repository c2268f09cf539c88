import type { HttpRequest } from '../../src/call/request.ts';
import { NetworkError } from '../../src/error.ts';
import { HttpHeaders } from '../../src/message/headers.ts';
import { memoizeLast } from '../../src/util/memoize.ts';

/**
 * Bytes that the body must have, or null when only its end will tell. Framing is not left to the caller: a Content-Length
 * that contradicts the body, or a transfer coding of one's own, would let a peer see a second request in the body.
 *
 * @throws NetworkError protocol-invalid-operation when the framing that was set by hand contradicts the body
 */
export function bodyLength(request: HttpRequest): number | null {
  const known = request.body === null ? 0 : request.body.length;
  const { coding, declared } = framingByHand(request.headers.pairs);
  if (coding !== null && (known !== null || coding.toLowerCase() !== 'chunked'))
    throw refusal(request, `Transfer-Encoding: ${coding} does not fit the body`);
  if (declared === null) return known;
  if (coding !== null || !/^\d{1,15}$/.test(declared) || (known !== null && Number(declared) !== known))
    throw refusal(request, `Content-Length: ${declared} does not fit the body`);
  return Number(declared);
}

const framingByHand = memoizeLast((pairs) => {
  const fields = HttpHeaders.adopt(pairs);
  return { coding: fields.get('transfer-encoding'), declared: fields.get('content-length') };
});

function refusal(request: HttpRequest, reason: string): NetworkError {
  return new NetworkError('protocol-invalid-operation', `request fields: ${reason}`, {
    url: request.url.href,
  });
}
