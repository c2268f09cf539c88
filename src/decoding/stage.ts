import { type HttpRequest, withHeaders } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Rewrite } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import { contentLength } from '../message/content-length.ts';
import { HttpHeaders } from '../message/headers.ts';
import { memoizeLast } from '../util/memoize.ts';
import { withoutFragment } from '../util/url.ts';
import { acceptEncoding, codingsToUndo, MAXIMUM_CODINGS } from './codings.ts';
import { DecodedBody } from './decoded-body.ts';
import type { Decoders } from './decoder.ts';

/**
 * Offers the codings that the platform decodes, and decodes what comes in them. As in Qt, Content-Encoding stays among
 * the fields, and Content-Length, which is not that of the decoded body, moves to `originalContentLength`.
 *
 * A request with an Accept-Encoding of its own gets the body as it was sent.
 */
export function decodingStage(decoders: Decoders): Rewrite {
  const offering = memoizeLast((pairs) => {
    const fields = HttpHeaders.adopt(pairs);
    const offer = acceptEncoding(fields, decoders.codings);
    return offer === null ? fields : fields.with('accept-encoding', offer);
  });
  return {
    name: 'decoding',
    outgoing(request) {
      const headers = offering(request.headers.pairs);
      return headers.size === request.headers.size ? request : withHeaders(request, headers);
    },
    incoming: (response, request) =>
      request.headers.has('accept-encoding') ? response : decode(request, response, decoders),
  };
}

function decode(request: HttpRequest, response: HttpResponse, decoders: Decoders): HttpResponse {
  const { status, headers } = response;
  const undo = codingsToUndo(request.method, status, headers, decoders.codings);
  if (undo === null) throw refuse(response);
  if (undo.length === 0) return response;
  const wireLength = contentLength(headers);
  const threshold = request.options.decompressedSafetyCheckThreshold;
  const url = withoutFragment(response.url);
  const isWhole = response.endsWithConnection !== true;
  const body = undo.reduce<ResponseBody>((source, coding, index) => {
    const length = index === 0 ? wireLength : -1;
    return new DecodedBody({ source, coding, decoders, length, isWhole, threshold, url });
  }, response.body);
  return {
    ...response,
    headers: headers.without('content-length'),
    body,
    ...(wireLength < 0 ? {} : { originalContentLength: wireLength }),
  };
}

function refuse({ url, status }: HttpResponse): NetworkError {
  return new NetworkError('unknown-content', `the body has more than ${MAXIMUM_CODINGS} content codings`, {
    url: withoutFragment(url),
    status,
  });
}
