import type { Rewrite } from '../call/stage.ts';
import { offenceOfPlatform } from './platform-redirect.ts';

/**
 * In place of the redirect loop where the platform follows redirects by itself and shows only the end: a redirect that
 * went from TLS to none yields insecure-redirect and no body. The request has been sent by then. Stands under the HSTS
 * upgrade, for that is where the platform was sent.
 */
export const platformRedirectStage: Rewrite = {
  name: 'platform-redirect',
  incoming(response, request) {
    const offence = offenceOfPlatform(request, response);
    if (offence !== null) throw offence;
    return response;
  },
};
