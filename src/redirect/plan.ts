import type { NetworkErrorCode } from '../error.ts';
import type { RequestBody } from '../message/body.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { SharedOptions } from '../options.ts';
import { type ParsedUrl, withoutFragment } from '../util/url.ts';
import { crossOriginHeaders, withoutBodyHeaders } from './header-scope.ts';
import { offenceAgainst } from './policy.ts';
import { redirectTarget } from './target.ts';

/** What a redirect may change in a request. */
export interface RedirectedMessage {
  readonly method: string;
  readonly url: ParsedUrl;
  readonly headers: HttpHeaders;
  readonly body: RequestBody | null;
}

export type RedirectOptions = Pick<
  SharedOptions,
  'redirectPolicy' | 'maximumRedirectsAllowed' | 'secretHeaders' | 'trustedRedirectOrigins'
>;

export interface RedirectSituation {
  /** The request as it was answered, with the URL that answered. */
  readonly request: RedirectedMessage;
  readonly status: number;
  /** The values of the Location fields. */
  readonly location: readonly string[];
  /** Redirects that were followed before this one. */
  readonly followed: number;
  readonly options: RedirectOptions;
  /** What HSTS makes of a URL, for that is where the next request goes. */
  readonly upgrade: (url: ParsedUrl) => ParsedUrl;
}

export type RedirectPlan =
  /** It is no redirect, or the application wants to see it: the response is the reply's. */
  | { readonly kind: 'deliver' }
  /** Go on with this message. With `ask`, the application decides first. */
  | { readonly kind: 'follow'; readonly ask: boolean; readonly message: RedirectedMessage }
  | { readonly kind: 'error'; readonly code: NetworkErrorCode; readonly reason: string };

const REDIRECTS = new Set([301, 302, 303, 305, 307, 308]);

/**
 * What to do about a response that may be a redirect. Codes, and the order of the checks, are Qt's. 305 is never followed:
 * RFC 9110 §15.4.6 took it out of use because it lets a server choose the proxy.
 */
export function planRedirect(situation: RedirectSituation): RedirectPlan {
  const { request, status, followed, options } = situation;
  if (options.redirectPolicy === 'manual' || !REDIRECTS.has(status)) return { kind: 'deliver' };
  const refuse = (code: NetworkErrorCode, why: string): RedirectPlan => ({
    kind: 'error',
    code,
    reason: `the redirect (${status}) of ${withoutFragment(request.url)} is not followed: ${why}`,
  });

  if (status === 305) return refuse('insecure-redirect', 'a server does not choose the proxy');
  const target = redirectTarget(situation.location, request.url);
  if (typeof target === 'string') return refuse('protocol-unknown', target);
  if (followed >= options.maximumRedirectsAllowed) {
    return refuse('too-many-redirects', `${followed} were followed before it`);
  }
  const url = situation.upgrade(target);
  const offence = offenceAgainst(options.redirectPolicy, request.url, url);
  if (offence !== null) return refuse('insecure-redirect', offence);
  const keepsBody = status === 307 || status === 308;
  if (keepsBody && request.body?.replayable === false) {
    return refuse('content-resend', 'the body of the request cannot be sent twice');
  }
  return {
    kind: 'follow',
    ask: options.redirectPolicy === 'user-verified',
    message: redirected(request, url, keepsBody, options),
  };
}

/** Qt's rule: 307 and 308 keep method and body; after the others HEAD stays, and the rest is a GET without a body. */
function redirected(
  request: RedirectedMessage,
  url: ParsedUrl,
  keepsBody: boolean,
  options: RedirectOptions,
): RedirectedMessage {
  const method = keepsBody || request.method === 'HEAD' ? request.method : 'GET';
  const body = keepsBody ? request.body : null;
  let { headers } = request;
  if (method !== request.method || body !== request.body) headers = withoutBodyHeaders(headers);
  if (url.origin !== request.url.origin && !options.trustedRedirectOrigins.includes(url.origin)) {
    headers = crossOriginHeaders(headers, options.secretHeaders);
  }
  return { method, url, headers, body };
}
