import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { SchemeHandler } from '../call/scheme-handler.ts';
import { NetworkError } from '../error.ts';
import { EMPTY_BODY } from '../message/body.ts';
import { bytesBody } from '../message/bytes-body.ts';
import { HttpHeaders } from '../message/headers.ts';
import { isRetrieval } from '../message/methods.ts';
import { serialiseMimeType } from '../message/mime-type.ts';
import { parseDataUrl } from './data-url.ts';

/** Characters of a `data:` URL above which it is refused. */
export const MAXIMUM_DATA_URL = 64 * 1024 * 1024;

/**
 * Answers `data:` URLs, to GET and HEAD as Qt, to a fetch whatever its verb: a Content-Type, a Content-Length and no status.
 *
 * Source: https://fetch.spec.whatwg.org/#data-urls
 *
 * @param limit most characters of a URL; a longer one is refused before anything is decoded
 */
export function dataScheme(limit: number = MAXIMUM_DATA_URL): SchemeHandler {
  return { open: (request) => dataResponse(request, limit) };
}

/** The errors do not quote the URL: it is all content. */
function dataResponse(request: HttpRequest, limit: number): HttpResponse {
  const { method, url, options } = request;
  if (options.fetch === null && !isRetrieval(method)) {
    throw new NetworkError(
      'protocol-invalid-operation',
      `data: ${method} is not possible, only GET and HEAD`,
    );
  }
  const { href, fragment } = url;
  if (href.length > limit) {
    throw new NetworkError('protocol-failure', `data: the URL is longer than ${limit} characters`);
  }
  const data = parseDataUrl(href.slice('data:'.length, href.length - fragment.length));
  if (data === null) {
    throw new NetworkError('protocol-failure', 'data: the URL has no comma, or its base64 is malformed');
  }
  return {
    url,
    status: 0,
    reason: '',
    httpVersion: '',
    headers: new HttpHeaders({
      'content-type': serialiseMimeType(data.mimeType),
      'content-length': data.body.length,
    }),
    body: method === 'HEAD' ? EMPTY_BODY : bytesBody(data.body),
    security: null,
    source: 'network',
  };
}
