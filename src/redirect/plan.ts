import type { NetworkErrorCode } from '../error.ts';
import type { HttpRequest } from '../pipeline/stage.ts';
import { type ParsedUrl, withoutFragment } from '../util/url.ts';
import { withoutBodyFields } from './body-fields.ts';
import { forOtherOrigin } from './origin-scope.ts';
import { offenceAgainst } from './policy.ts';
import { redirectTarget } from './target.ts';

export interface RedirectSituation {
  /** The request as it was answered, with the URL that answered. */
  readonly request: HttpRequest;
  readonly status: number;
  /** The values of the Location fields. */
  readonly location: readonly string[];
  /** Redirects that were followed before this one. */
  readonly followed: number;
  /** A URL as HSTS upgrades it, because that is where the next request goes. */
  readonly upgrade: (url: ParsedUrl) => ParsedUrl;
}

export type RedirectPlan =
  /** It is no redirect, or the application wants to see it: the response is the reply's. */
  | { readonly kind: 'deliver' }
  /** Go on with this request. With `ask`, the application decides first. */
  | { readonly kind: 'follow'; readonly ask: boolean; readonly request: HttpRequest }
  | { readonly kind: 'error'; readonly code: NetworkErrorCode; readonly reason: string };

export const DELIVER: RedirectPlan = { kind: 'deliver' };

const REDIRECTS = new Set([301, 302, 303, 305, 307, 308]);

/**
 * What to do about a response that may be a redirect. Codes, and the order of the checks, are Qt's. 305 is never followed:
 * RFC 9110 §15.4.6 took it out of use because it lets a server choose the proxy.
 */
export function planRedirect(situation: RedirectSituation): RedirectPlan {
  const { request, status, followed } = situation;
  const { options } = request;
  if (options.redirectPolicy === 'manual' || !REDIRECTS.has(status)) return DELIVER;
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
    request: redirected(request, url, keepsBody),
  };
}

/** Qt's rule: 307 and 308 keep method and body; after the others HEAD stays, and the rest is a GET without a body. */
function redirected(request: HttpRequest, url: ParsedUrl, keepsBody: boolean): HttpRequest {
  const method = keepsBody || request.method === 'HEAD' ? request.method : 'GET';
  const body = keepsBody ? request.body : null;
  const dropsBody = method !== request.method || body !== request.body;
  const headers = dropsBody ? withoutBodyFields(request.headers) : request.headers;
  const next = { method, url, headers, body, options: request.options };
  const isTrusted =
    url.origin === request.url.origin || request.options.trustedRedirectOrigins.includes(url.origin);
  return isTrusted ? next : forOtherOrigin(next);
}
