import { resolveObjectURL } from 'node:buffer';
import type { HttpRequest } from '../../src/call/request.ts';
import type { HttpResponse } from '../../src/call/response.ts';
import type { SchemeHandler } from '../../src/call/scheme-handler.ts';
import { NetworkError, type NetworkErrorCode } from '../../src/error.ts';
import { EMPTY_BODY } from '../../src/message/body.ts';
import { HttpHeaders } from '../../src/message/headers.ts';
import { streamBody } from '../../src/message/stream-body.ts';
import { withoutFragment } from '../../src/util/url.ts';
import { turn } from './upload.ts';

/**
 * `blob:` on Node: what `URL.createObjectURL` was given, or the slice of it that a Range field asks for. To GET; to HEAD,
 * too, where the request is no fetch.
 *
 * Source: https://fetch.spec.whatwg.org/#scheme-fetch
 */
export const blobScheme: SchemeHandler = {
  open(request) {
    const { method, url, headers, options } = request;
    if (method !== 'GET' && (method !== 'HEAD' || options.fetch !== null))
      throw refusal(request, 'protocol-invalid-operation', `${method} is not possible`);
    // The entry of the URL's fragment is the same (File API, "resolve a blob URL").
    const blob = resolveObjectURL(withoutFragment(url)) as Blob | undefined;
    if (blob === undefined)
      throw refusal(request, 'content-not-found', 'there is no such object, or it was revoked');
    const range = headers.get('range');
    return range === null ? whole(request, blob) : slice(request, blob, range);
  },
};

function whole(request: HttpRequest, blob: Blob): HttpResponse {
  return respond(request, blob, { status: 200, reason: 'OK', type: blob.type });
}

function slice(request: HttpRequest, blob: Blob, range: string): HttpResponse {
  const { size } = blob;
  const [first, last] = parseRange(range, size) ?? [-1, -1];
  if (first < 0) throw refusal(request, 'protocol-failure', 'the Range field is not one range of the object');
  return respond(request, blob.slice(first, last + 1, blob.type), {
    status: 206,
    reason: 'Partial Content',
    type: blob.type,
    range: `bytes ${first}-${last}/${size}`,
  });
}

/** First and last byte of one range, or null (Fetch, "parse a single range header value", white space allowed). */
function parseRange(text: string, size: number): readonly [number, number] | null {
  const [, from, to] = /^bytes[\t ]*=[\t ]*(\d*)[\t ]*-[\t ]*(\d*)$/.exec(text) ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return null;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? null : [size - length, size - 1];
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first >= size || (to !== '' && Number(to) < first) ? null : [first, last];
}

interface Answer {
  /** The HTTP status, 200 to 599. @default 200 */
  readonly status: number;
  readonly reason: string;
  readonly type: string;
  readonly range?: string;
}

function respond(request: HttpRequest, blob: Blob, { status, reason, type, range }: Answer): HttpResponse {
  const { url, method } = request;
  return {
    url,
    status,
    reason,
    httpVersion: '',
    headers: new HttpHeaders({ 'content-length': blob.size, 'content-type': type, 'content-range': range }),
    body:
      method === 'HEAD'
        ? EMPTY_BODY
        : streamBody(blob.stream(), (cause) => unreadable(request, cause), { turn }),
    security: null,
    source: 'network',
  };
}

function unreadable({ url }: HttpRequest, cause: unknown): NetworkError {
  return new NetworkError('unknown-content', 'blob: the object cannot be read', { url: url.href, cause });
}

function refusal({ url }: HttpRequest, code: NetworkErrorCode, reason: string): NetworkError {
  return new NetworkError(code, `blob: ${reason}`, { url: url.href });
}
