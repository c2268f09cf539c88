import { recordJudge } from '../storage/record.ts';
import * as z from '../storage/zod.ts';
import { decodeUtf8, encodeUtf8 } from '../util/bytes.ts';
import type { Cookie, CookieInit, SameSite } from './cookie.ts';

/** Electron's `Cookie`, as `session.cookies.get` gives it. */
export interface ElectronCookie {
  /** As the server has set it, read as UTF-8. */
  readonly name: string;
  /** What a server gets back, as UTF-8. */
  readonly value: string;
  /** Host, with a leading dot where subdomains are meant. */
  readonly domain?: string;
  /** For that very host, and not for subdomains. */
  readonly hostOnly?: boolean;
  /** Where on the host it is sent; begins with a slash. */
  readonly path?: string;
  /** Sent over TLS alone. */
  readonly secure?: boolean;
  /** Hidden from scripts of a page. */
  readonly httpOnly?: boolean;
  /** Seconds, with a fraction. */
  readonly expirationDate?: number;
  /** Chromium's words; `no_restriction` is SameSite=None. */
  readonly sameSite?: 'unspecified' | 'no_restriction' | 'lax' | 'strict';
}

/** Electron's `CookiesSetDetails`, as `session.cookies.set` takes it. A cookie without a domain is for the URL's host. */
export interface ElectronCookieDetails extends Omit<ElectronCookie, 'hostOnly'> {
  /** The page that it belongs to; decides about scheme, host and path where they are not set. */
  readonly url: string;
}

const cookieFromRecord = recordJudge(() =>
  z.object({
    name: z.string(),
    value: z.string(),
    domain: z.optional(z.string()),
    hostOnly: z.optional(z.boolean()),
    path: z.optional(z.string()),
    secure: z.optional(z.boolean()),
    httpOnly: z.optional(z.boolean()),
    expirationDate: z.optional(z.number()),
    sameSite: z.catch(z.enum(['unspecified', 'no_restriction', 'lax', 'strict']), 'unspecified'),
  }),
);

/**
 * A cookie of Electron's session, for `insertCookie`.
 * @throws TypeError when it is none
 */
export function fromElectronCookie(cookie: ElectronCookie): CookieInit {
  const judged = cookieFromRecord(cookie);
  if (judged === null) throw new TypeError('fromElectronCookie: expected a cookie of an Electron session');
  const { name, value, domain, hostOnly, path, secure, httpOnly, expirationDate, sameSite } = judged;
  return {
    name: toOctets(name),
    value: toOctets(value),
    domain,
    hostOnly: hostOnly ?? !domain?.startsWith('.'),
    path,
    secure,
    httpOnly,
    // Whole milliseconds, so that a cookie that goes there and back is the same.
    expires: expirationDate === undefined ? null : Math.round(expirationDate * 1000),
    sameSite: FROM_ELECTRON[sameSite],
  };
}

/** A cookie for Electron's session, or null for a `Partitioned` one, which it cannot take. */
export function toElectronCookie(cookie: Cookie): ElectronCookieDetails | null {
  if (cookie.partitionKey !== null) return null;
  return {
    url: `${cookie.secure ? 'https' : 'http'}://${cookie.domain}${cookie.path}`,
    name: fromOctets(cookie.name),
    value: fromOctets(cookie.value),
    ...(!cookie.hostOnly && { domain: `.${cookie.domain}` }),
    path: cookie.path,
    secure: cookie.secure,
    httpOnly: cookie.httpOnly,
    ...(cookie.expires !== null && { expirationDate: cookie.expires / 1000 }),
    sameSite: TO_ELECTRON[cookie.sameSite],
  };
}

/** A jar has the octets of a field, a character for each; Electron reads them as UTF-8. */
function toOctets(text: string): string {
  return String.fromCharCode(...encodeUtf8(text));
}

function fromOctets(octets: string): string {
  return decodeUtf8(Uint8Array.from(octets, (octet) => octet.charCodeAt(0)));
}

const FROM_ELECTRON = {
  unspecified: 'default',
  no_restriction: 'none',
  lax: 'lax',
  strict: 'strict',
} as const;

const TO_ELECTRON: Readonly<Record<SameSite, NonNullable<ElectronCookie['sameSite']>>> = {
  default: 'unspecified',
  none: 'no_restriction',
  lax: 'lax',
  strict: 'strict',
};
