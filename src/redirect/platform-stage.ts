import { NetworkError } from '../error.ts';
import type { Rewrite } from '../pipeline/stage.ts';
import { withoutFragment } from '../util/url.ts';
import { isLessSafe } from './policy.ts';

/**
 * In place of the redirect loop where the platform follows redirects by itself and shows only the end: a redirect that
 * went from TLS to none yields insecure-redirect and no body. The request has been sent by then. Stands under the HSTS
 * upgrade, for that is where the platform was sent.
 */
export const platformRedirectStage: Rewrite = {
  name: 'platform-redirect',
  incoming(response, request) {
    if (response.redirectedByPlatform !== true || !isLessSafe(request.url, response.url)) return response;
    throw new NetworkError(
      'insecure-redirect',
      `the platform followed a redirect of ${withoutFragment(request.url)} to ${response.url.origin}, which is less safe`,
      { url: response.url.href, status: response.status },
    );
  },
};
