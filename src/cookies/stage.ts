import { NetworkError } from '../error.ts';
import type { Exchange } from '../pipeline/exchange.ts';
import type { HttpRequest, HttpResponse, Stage } from '../pipeline/stage.ts';
import type { ParsedUrl } from '../util/url.ts';
import type { AbstractCookieJar } from './abstract-cookie-jar.ts';
import type { CookieContext } from './context.ts';
import { mergeCookieHeaders } from './merge-header.ts';
import { parseSetCookie } from './parse.ts';
import { serializeCookies } from './serialize.ts';

/**
 * Attaches the jar's cookies to each hop anew, and gives the jar what the hop sets, against the URL that said so, a
 * redirect and a 401 included. Stands under the loops and over the cache, whose answers set nothing again. Waits for the
 * jar only when that answers with a promise.
 */
export const cookieStage: Stage = {
  name: 'cookies',
  async handle(request, next, exchange) {
    const { cookieJar, cookieLoadControl, cookieSaveControl, siteForCookies } = request.options;
    if (cookieJar === null) return next(request, exchange);
    const jar = cookieJar as AbstractCookieJar;
    const context = siteForCookies === null ? undefined : { site: siteForCookies, method: request.method };

    let sent = request;
    if (cookieLoadControl === 'automatic') {
      try {
        const found = jar.cookiesForUrl(request.url.href, context);
        const cookies = isPromise(found) ? await unlessCancelled(found, exchange) : found;
        sent = withCookies(request, serializeCookies(cookies, jar.limits?.headerSize));
      } catch (cause) {
        throw jarFailure(cause, request.url);
      }
    }
    const response = await next(sent, exchange);
    if (cookieSaveControl === 'automatic' && response.source !== 'cache') {
      try {
        const saving = save(response, jar, context, exchange.clock.now());
        if (isPromise(saving)) await unlessCancelled(saving, exchange);
      } catch (cause) {
        const failure = jarFailure(cause, response.url);
        response.body.cancel(failure);
        throw failure;
      }
    }
    return response;
  },
};

function withCookies(request: HttpRequest, header: string): HttpRequest {
  if (header === '') return request;
  const byHand = request.headers.getAll('cookie').join('; ');
  const value = byHand === '' ? header : mergeCookieHeaders(header, byHand);
  return { ...request, headers: request.headers.with('cookie', value) };
}

function save(
  { url, headers }: HttpResponse,
  jar: AbstractCookieJar,
  context: CookieContext | undefined,
  now: number,
): unknown {
  const cookies = headers
    .getSetCookie()
    .map((line) => parseSetCookie(line, now, jar.limits))
    .filter((cookie) => cookie !== null);
  return cookies.length === 0 ? undefined : jar.setCookiesFromUrl(cookies, url.href, context);
}

function isPromise<T>(answer: T | Promise<T>): answer is Promise<T> {
  return typeof (answer as Partial<Promise<T>> | null | undefined)?.then === 'function';
}

/** Waits for a jar. Rejects with the reason when the exchange is cancelled meanwhile. */
function unlessCancelled<T>(promise: Promise<T>, exchange: Exchange): Promise<T> {
  return new Promise((resolve, reject) => {
    const forget = exchange.onCancel(reject);
    promise.then(resolve, reject).finally(forget);
  });
}

function jarFailure(cause: unknown, url: ParsedUrl): NetworkError {
  if (cause instanceof NetworkError) return cause;
  return new NetworkError('unknown-network', 'the cookie jar failed', { url: url.href, cause });
}
