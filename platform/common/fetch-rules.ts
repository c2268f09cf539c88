import type { PlatformRules } from '../../src/pipeline/list.ts';
import { platformRedirectStage } from '../../src/redirect/platform-stage.ts';

/** A fetch redirects, keeps cookies and decodes by itself. */
export const fetchRules: PlatformRules = {
  redirects: null,
  platformRedirects: platformRedirectStage,
  cookies: null,
  decoding: null,
  proxies: null,
  fetch: null,
};
