import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import { NetworkError } from '../error.ts';
import { withoutFragment } from '../util/url.ts';
import { isLessSafe, personalFields } from './origin-scope.ts';

/** How far a platform that follows redirects unseen may take a request. */
export interface PlatformReach {
  readonly to: 'any-origin' | 'own-origin' | 'nowhere';
  /** The field that is the reason, or null. */
  readonly field: string | null;
}

const ANYWHERE: PlatformReach = { to: 'any-origin', field: null };

/**
 * A field that is for one origin must not go along to another, and such a platform takes all of them along. So it is told
 * to stay, unless the application names origins that it trusts (which is looked at afterwards), or has called `fetch` and
 * gets what fetch does.
 *
 * @param pageOrigin the origin of the page, to which a platform can keep a request; null where there is none. A browser
 *   takes Authorization off by itself (Fetch, HTTP-redirect fetch, step 13)
 */
export function reachOfPlatform(request: HttpRequest, pageOrigin: string | null): PlatformReach {
  const { options, url } = request;
  if (options.fetch !== null || options.trustedRedirectOrigins.length > 0) return ANYWHERE;
  const field = personalFields(request).find((name) => pageOrigin === null || name !== 'authorization');
  if (field === undefined) return ANYWHERE;
  return { to: url.origin === pageOrigin ? 'own-origin' : 'nowhere', field };
}

/** What becomes of a response that the platform was redirected to, from TLS to none or with fields of another: an error. */
export function offenceOfPlatform(request: HttpRequest, response: HttpResponse): NetworkError | null {
  if (response.redirectedByPlatform !== true) return null;
  const why = isLessSafe(request.url, response.url) ? 'which is less safe' : whyTooFar(request, response);
  if (why === null) return null;
  return new NetworkError(
    'insecure-redirect',
    `the platform followed a redirect of ${withoutFragment(request.url)} to ${response.url.origin}, ${why}`,
    { url: response.url.href, status: response.status },
  );
}

function whyTooFar(request: HttpRequest, { url }: HttpResponse): string | null {
  const { fetch, trustedRedirectOrigins } = request.options;
  const isTrusted = url.origin === request.url.origin || trustedRedirectOrigins.includes(url.origin);
  if (fetch !== null || trustedRedirectOrigins.length === 0 || isTrusted) return null;
  const [field] = personalFields(request);
  return field === undefined ? null : `which is none of trustedRedirectOrigins, with the field ${field}`;
}
