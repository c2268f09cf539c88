import type { Cookie } from './cookie.ts';
import type { CookieRequest } from './cookie-request.ts';

/**
 * A program's own rules, asked after those of the web: they can refuse, never allow.
 *
 * @example No third-party cookies: `{ accept: (_, request) => request.sameSite, attach: (_, request) => request.sameSite }`
 */
export interface CookiePolicy {
  /** May this cookie be stored? @default yes */
  accept?(cookie: Cookie, request: CookieRequest): boolean;
  /** May this cookie be sent? @default yes */
  attach?(cookie: Cookie, request: CookieRequest): boolean;
}
