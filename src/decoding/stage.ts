import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import { contentLength } from '../message/content-length.ts';
import type { HttpRequest, HttpResponse, Stage } from '../pipeline/stage.ts';
import { withoutFragment } from '../util/url.ts';
import { DecodedBody } from './decoded-body.ts';
import type { Decoders } from './decoder.ts';
import { acceptEncoding, codingsToUndo, MAXIMUM_CODINGS } from './policy.ts';

/**
 * Offers the codings that the platform decodes, and decodes what comes in them. As in Qt, Content-Encoding stays among
 * the fields, and Content-Length, which is not that of the decoded body, moves to `originalContentLength`.
 *
 * A request with an Accept-Encoding of its own gets the body as it was sent.
 */
export function decodingStage(decoders: Decoders): Stage {
  return {
    name: 'decoding',
    async handle(request, next, exchange) {
      const offer = acceptEncoding(request.headers, decoders.codings);
      if (offer === null) return next(request, exchange);
      const headers = request.headers.with('accept-encoding', offer);
      return decode(request, await next({ ...request, headers }, exchange), decoders);
    },
  };
}

/** @throws NetworkError unknown-content for a body that was encoded more often than {@link MAXIMUM_CODINGS} times */
function decode(request: HttpRequest, response: HttpResponse, decoders: Decoders): HttpResponse {
  const { status, headers } = response;
  const undo = codingsToUndo(request.method, status, headers, decoders.codings);
  const url = withoutFragment(response.url);
  if (undo === null) {
    const message = `the body has more than ${MAXIMUM_CODINGS} content codings`;
    const error = new NetworkError('unknown-content', message, { url, status });
    response.body.cancel(error);
    throw error;
  }
  if (undo.length === 0) return response;
  const wireLength = contentLength(headers);
  const threshold = request.options.decompressedSafetyCheckThreshold;
  const body = undo.reduce<ResponseBody>((source, coding, index) => {
    const length = index === 0 ? wireLength : -1;
    return new DecodedBody({ source, coding, decoders, length, threshold, url });
  }, response.body);
  return {
    ...response,
    headers: headers.without('content-length'),
    body,
    ...(wireLength < 0 ? {} : { originalContentLength: wireLength }),
  };
}
