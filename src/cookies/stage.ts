import type { CookieJarLike } from '../call/parts.ts';
import { type HttpRequest, withHeaders } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Rewrite } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import { parseHttpDate } from '../util/http-date.ts';
import { isPromise } from '../util/is-promise.ts';
import type { ParsedUrl } from '../util/url.ts';
import type { AbstractCookieJar, CookieContext } from './abstract-cookie-jar.ts';
import type { CookieInit } from './cookie.ts';
import { parseLine } from './parse.ts';
import { mergeCookieHeaders, serializeCookies } from './serialize.ts';

/** What stands in the list for a jar. */
export interface CookieStages {
  readonly attach: Rewrite;
  readonly store: Rewrite;
}

export function cookieStages(jar: CookieJarLike): CookieStages {
  // What a manager is given as a jar has been looked at.
  const checked = jar as AbstractCookieJar;
  return { attach: attachCookiesStage(checked), store: storeCookiesStage(checked) };
}

/**
 * Attaches the jar's cookies to each hop anew. Stands under the loops, and over the cache, which may have to tell responses
 * apart by them. Waits for the jar only when that answers with a promise.
 */
const attachCookiesStage = (jar: AbstractCookieJar): Rewrite => ({
  name: 'cookies',

  outgoing(request, call) {
    const { url, options } = request;
    if (options.cookieLoadControl === 'manual') return request;
    try {
      const refreshed = jar.refresh?.() ?? null;
      const found =
        refreshed === null
          ? jar.cookiesForUrl(url.href, contextOf(request))
          : refreshed.then(() => jar.cookiesForUrl(url.href, contextOf(request)));
      if (!isPromise(found)) return withCookies(request, found, jar);
      return call
        .wait(found)
        .then((cookies) => withCookies(request, cookies, jar))
        .catch((cause) => fail(cause, url));
    } catch (cause) {
      return fail(cause, url);
    }
  },
});

/**
 * Gives the jar what a response sets, against the URL that said so, a redirect and a 401 included. Stands under the cache:
 * what that gives back sets nothing again, and what it asks for by itself, or replaces by what it has, sets all the same.
 */
const storeCookiesStage = (jar: AbstractCookieJar): Rewrite => ({
  name: 'cookies-store',

  incoming(response, request, call) {
    if (request.options.cookieSaveControl === 'manual') return response;
    if (!response.headers.has('set-cookie')) return response;
    try {
      const cookies = cookiesOf(response, jar, call.clock.now());
      if (cookies.length === 0) return response;
      const saving = jar.setCookiesFromUrl(cookies, response.url.href, contextOf(request));
      if (!isPromise(saving)) return response;
      return call
        .wait(saving)
        .then(() => response)
        .catch((cause) => fail(cause, response.url));
    } catch (cause) {
      return fail(cause, response.url);
    }
  },
});

function contextOf({ method, options }: HttpRequest): CookieContext | undefined {
  const { siteForCookies } = options;
  return siteForCookies === null ? undefined : { site: siteForCookies, method };
}

type Found = Awaited<ReturnType<AbstractCookieJar['cookiesForUrl']>>;

function withCookies(request: HttpRequest, cookies: Found, jar: AbstractCookieJar): HttpRequest {
  if (cookies.length === 0) return request;
  // The text of a Cookie field, or cookies with a `key` as in tough-cookie, would go out as `undefined=undefined`.
  if (!cookies.every(({ name, value }) => typeof name === 'string' && typeof value === 'string'))
    throw new TypeError('cookiesForUrl: expected cookies with a name and a value');
  const header = serializeCookies(cookies, jar.limits?.headerSize);
  if (header === '') return request;
  const byHand = request.headers.getAll('cookie').join('; ');
  const value = byHand === '' ? header : mergeCookieHeaders(header, byHand);
  return withHeaders(request, request.headers.with('cookie', value));
}

function cookiesOf({ headers }: HttpResponse, jar: AbstractCookieJar, now: number): CookieInit[] {
  const serverTime = parseHttpDate(headers.get('date') ?? '', now) ?? now;
  return headers
    .getSetCookie()
    .map((line) => parseLine(line, now, jar.limits, serverTime))
    .filter((cookie) => cookie !== null);
}

function fail(cause: unknown, url: ParsedUrl): never {
  if (cause instanceof NetworkError) throw cause;
  throw new NetworkError('unknown-network', 'the cookie jar failed', { url: url.href, cause });
}
