import { inadmissible } from '../call/admission.ts';
import type { Reach } from '../call/parts.ts';
import type { HttpRequest } from '../call/request.ts';
import type { NetworkErrorCode } from '../error.ts';
import type { HttpHeaders } from '../message/headers.ts';
import { becomesGet } from '../message/methods.ts';
import { parseKnownUrl } from '../util/known-origins.ts';
import { type ParsedUrl, parseUrl, withoutFragment } from '../util/url.ts';
import { forOtherOrigin, offenceAgainst } from './origin-scope.ts';

interface RedirectSituation {
  /** The request as it was answered, with the URL that answered. */
  readonly request: HttpRequest;
  readonly status: number;
  /** The values of the Location fields. */
  readonly location: readonly string[];
  /** Redirects that were followed before this one. */
  readonly followed: number;
  /** A URL as HSTS upgrades it, because that is where the next request goes. */
  readonly upgrade: (url: ParsedUrl) => ParsedUrl;
  /** Where the manager lets requests go. */
  readonly reach: Reach;
}

export type RedirectPlan =
  /** It is no redirect, or the application wants to see it: the response is the reply's. */
  | { readonly kind: 'deliver' }
  /** Go on with this request. With `ask`, the application decides first. */
  | { readonly kind: 'follow'; readonly ask: boolean; readonly request: HttpRequest }
  | { readonly kind: 'error'; readonly code: NetworkErrorCode; readonly reason: string };

export const DELIVER: RedirectPlan = { kind: 'deliver' };

/** What the contract of a request (Qt's, or that of fetch) makes of a redirect where the two differ. */
interface RedirectRules {
  /** Statuses that are no redirect although Qt looks at them. */
  readonly delivers: ReadonlySet<number>;
  /** A redirect without Location: an empty one counts as none, or as the URL of the request itself. */
  readonly emptyLocation: 'deliver' | 'refuse';
  /** Statuses over which a body that cannot be sent again may be dropped. */
  readonly dropsStreams: ReadonlySet<number>;
}

const QT: RedirectRules = {
  delivers: new Set(),
  emptyLocation: 'deliver',
  dropsStreams: new Set([301, 302, 303]),
};
/** https://fetch.spec.whatwg.org/#http-redirect-fetch; an empty Location would be followed to itself without an end. */
const FETCH: RedirectRules = {
  delivers: new Set([305]),
  emptyLocation: 'refuse',
  dropsStreams: new Set([303]),
};

const REDIRECTS = new Set([301, 302, 303, 305, 307, 308]);

/**
 * What to do about a response that may be a redirect. Codes, and the order of the checks, are Qt's. 305 is never followed:
 * RFC 9110 §15.4.6 took it out of use because it lets a server choose the proxy. A redirect without Location is an answer:
 * what it says is in its body (S3) or its fields (a resumable upload's 308).
 */
export function planRedirect(situation: RedirectSituation): RedirectPlan {
  const { request, status, followed, location } = situation;
  const { options } = request;
  const rules = options.fetch === null ? QT : FETCH;
  if (options.redirectPolicy === 'manual' || !REDIRECTS.has(status) || rules.delivers.has(status))
    return DELIVER;
  const refuse = (code: NetworkErrorCode, why: string): RedirectPlan => ({
    kind: 'error',
    code,
    reason: `the redirect (${status}) of ${withoutFragment(request.url)} is not followed: ${why}`,
  });

  if (status === 305) return refuse('insecure-redirect', 'a server does not choose the proxy');
  if (options.fetch?.redirect === 'error') return refuse('too-many-redirects', "redirect is 'error'");
  if (location.length === 0 || (location[0] === '' && rules.emptyLocation === 'deliver')) return DELIVER;
  const target = redirectTarget(location, request.url);
  if (typeof target === 'string') return refuse('protocol-unknown', target);
  if (followed >= options.maximumRedirectsAllowed) {
    return refuse(
      'too-many-redirects',
      `${followed} were followed before it (the option maximumRedirectsAllowed allows more)`,
    );
  }
  const url = situation.upgrade(target);
  const refused = inadmissible(url, options, situation.reach);
  if (refused !== null) return refuse(refused.code, refused.reason);
  const offence = offenceAgainst(options.redirectPolicy, request.url, url);
  if (offence !== null) return refuse('insecure-redirect', offence);
  const keepsMethod = !becomesGet(status, request.method);
  const isSpent = request.body?.replayable === false;
  if (isSpent && (keepsMethod || !rules.dropsStreams.has(status))) {
    return refuse('content-resend', 'the body of the request cannot be sent twice');
  }
  return {
    kind: 'follow',
    ask: options.redirectPolicy === 'user-verified',
    request: redirected(request, url, keepsMethod),
  };
}

function redirected(request: HttpRequest, url: ParsedUrl, keepsMethod: boolean): HttpRequest {
  const { options, own } = request;
  const method = keepsMethod ? request.method : 'GET';
  const body = keepsMethod ? request.body : null;
  const dropsBody = method !== request.method || body !== request.body;
  const headers = dropsBody ? withoutBodyFields(request.headers) : request.headers;
  const next = { method, url, headers, body, options, own };
  const isTrusted = url.origin === request.url.origin || options.trustedRedirectOrigins.includes(url.origin);
  return isTrusted ? next : forOtherOrigin(next);
}

const FRAMING = new Set(['expect', 'trailer', 'transfer-encoding']);

/** Without the fields that describe a body or how it is sent. */
function withoutBodyFields(headers: HttpHeaders): HttpHeaders {
  if (headers.size === 0) return headers;
  const names = Array.from(headers, ([name]) => name);
  return headers.without(...names.filter((name) => name.startsWith('content-') || FRAMING.has(name)));
}

/** Longest Location that is followed, in characters; RFC 9110 §4.1 asks for 8000 at least. */
export const LONGEST_LOCATION = 32 * 1024;

/**
 * Where a redirect points to: the Location field resolved against the URL that answered, without userinfo, and with the
 * fragment of that URL when it has none of its own (RFC 9110 §10.2.2).
 *
 * @returns a sentence for people when there is no such URL
 */
export function redirectTarget(location: readonly string[], base: ParsedUrl): ParsedUrl | string {
  const [value] = location;
  if (value === undefined) return 'there is no Location';
  if (value === '') return 'Location is empty';
  if (location.some((other) => other !== value)) return 'there are several Locations';
  if (value.length > LONGEST_LOCATION) return `Location is longer than ${LONGEST_LOCATION} characters`;
  let target: ParsedUrl;
  try {
    target = parseKnownUrl(escapeBytes(value), base.href);
  } catch {
    return 'Location is not a URL';
  }
  // Another scheme is only for who asked for it: a local socket may redirect to another path of its own.
  const isHttp = target.scheme === 'http' || target.scheme === 'https';
  if (!isHttp && target.origin !== base.origin) return 'Location is neither http nor https';
  const inherits = base.fragment !== '' && !value.includes('#');
  const isPlain = target.username === '' && target.password === '';
  return isPlain && !inherits ? target : parseUrl(inherits ? target.href + base.fragment : target.href);
}

/** Servers send URLs in raw UTF-8, which arrives here a character a byte: escaped, the bytes stay what they were. */
function escapeBytes(location: string): string {
  return location.replace(/[\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
