import type { ConnectionSecurity } from '../message/connection-security.ts';
import { contentLength } from '../message/content-length.ts';
import type { ReplyEvent } from './reply-event.ts';
import type { HttpResponse } from './response.ts';

type Head = ReplyEvent & { readonly type: 'head' };

/**
 * The head of a response as its reply is told.
 *
 * A class and no literal: of a literal whose objects outlive a few collections V8 makes the next ones in the old generation.
 * There they outlive their replies, with all that they refer to, until the next full collection.
 */
export class HeadEvent implements Head {
  readonly type = 'head';
  declare readonly url: string;
  declare readonly status: number;
  declare readonly reason: string;
  declare readonly httpVersion: string;
  declare readonly headers: readonly string[];
  declare readonly security: ConnectionSecurity | null;
  declare readonly source: HttpResponse['source'];
  declare readonly originalContentLength: number;
  declare readonly total: number;
  declare readonly redirectedByPlatform: boolean;
  declare readonly cacheStatus: string | null;

  constructor(response: HttpResponse, method: string) {
    const length = contentLength(response.headers);
    this.url = response.url.href;
    this.status = response.status;
    this.reason = response.reason;
    this.httpVersion = response.httpVersion;
    this.headers = response.headers.pairs;
    this.security = response.security ?? null;
    this.source = response.source;
    this.originalContentLength = response.originalContentLength ?? length;
    this.total = method === 'HEAD' ? 0 : (response.bodyLength ?? length);
    this.redirectedByPlatform = response.redirectedByPlatform ?? false;
    this.cacheStatus = response.cacheStatus ?? null;
  }
}
