import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import { NetworkError } from '../error.ts';
import { withoutFragment } from '../util/url.ts';
import { isLessSafe } from './policy.ts';

/** What becomes of a response that the platform was redirected to, from TLS to none: an error, else null. */
export function offenceOfPlatform({ url }: HttpRequest, response: HttpResponse): NetworkError | null {
  if (response.redirectedByPlatform !== true || !isLessSafe(url, response.url)) return null;
  return new NetworkError(
    'insecure-redirect',
    `the platform followed a redirect of ${withoutFragment(url)} to ${response.url.origin}, which is less safe`,
    { url: response.url.href, status: response.status },
  );
}
