import { contentLength } from '../message/content-length.ts';
import type { ReplyEvent } from './reply-event.ts';
import type { HttpResponse } from './response.ts';

/** The head of a response as its reply is told. */
export function headEvent(response: HttpResponse, method: string): ReplyEvent & { readonly type: 'head' } {
  const length = contentLength(response.headers);
  return {
    type: 'head',
    url: response.url.href,
    status: response.status,
    reason: response.reason,
    httpVersion: response.httpVersion,
    headers: response.headers.pairs,
    security: response.security ?? null,
    source: response.source,
    originalContentLength: response.originalContentLength ?? length,
    total: method === 'HEAD' ? 0 : (response.bodyLength ?? length),
    redirectedByPlatform: response.redirectedByPlatform ?? false,
    cacheStatus: response.cacheStatus ?? null,
  };
}
