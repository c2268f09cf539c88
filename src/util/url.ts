import { concealed } from './redaction.ts';

/**
 * URLs as the pipeline needs them: split once, compared by value, never re-parsed for a hop that does not change them.
 * The grammar is the platform's own WHATWG parser; what is remembered here is the origin.
 */

/** Scheme, host and port, shared by all URLs of an origin. */
export interface Origin {
  /** Without the colon, lower-case. */
  readonly scheme: string;
  /** A-label form, lower-case; IPv6 in brackets; empty for schemes without an authority. */
  readonly hostname: string;
  /** The port that is used: the scheme's default when the URL names none; 0 where the scheme has none. */
  readonly port: number;
  /** Host, and port when it is not the scheme's default: what a Host field says. */
  readonly authority: string;
  /** `scheme://authority`. The key for everything that is kept per origin. */
  readonly origin: string;
}

/** A parsed absolute URL. A value: never changed, `with…` functions below make new ones. */
export interface ParsedUrl extends Origin {
  /** The whole URL, serialised, fragment included, userinfo removed. */
  readonly href: string;
  /** Path and query, the request target in origin form. */
  readonly target: string;
  /** What stands behind the path and query for the reader alone, with its `#`; empty for none. */
  readonly fragment: string;
  /** Percent-decoded userinfo, or empty. Never part of `href`. */
  readonly username: string;
  /** The other half of the userinfo, percent-decoded, or empty. */
  readonly password: string;
}

const DEFAULT_PORTS = new Map([
  ['http', 80],
  ['https', 443],
  ['ws', 80],
  ['wss', 443],
  ['ftp', 21],
]);

/** The port that a scheme implies, or 0. */
export function defaultPort(scheme: string): number {
  return DEFAULT_PORTS.get(scheme) ?? 0;
}

/**
 * Parses an absolute URL, or one relative to `base`.
 *
 * @throws TypeError when it does not parse, or carries CR, LF, NUL or another control character (a WHATWG parser drops
 * some of them silently, which turns a header-injection attempt into a different URL; `data:` is spared, its bytes never
 * reach a wire).
 */
export function parseUrl(input: string | URL, base?: string): ParsedUrl {
  if (typeof input !== 'string') return fromUrl(input);
  if (CONTROL.test(input) && !DATA.test(input))
    throw new TypeError('URL: control characters are not allowed');
  let url: URL;
  try {
    url = new URL(input, base);
  } catch {
    // Not with what was thrown: that has the URL in it, and a password may be in there.
    throw new TypeError('URL: cannot be parsed, or is not absolute');
  }
  return fromUrl(url);
}

const CONTROL = /[\0-\x1f\x7f]/;
const DATA = /^\s*data:/i;

function fromUrl({ protocol, host, hostname, port, href, username, password }: URL): ParsedUrl {
  const scheme = protocol.slice(0, -1);
  // From the serialised form: pathname + search would lose an empty query, which is a different resource.
  const [, slashes = '', target, fragment] = PARTS.exec(href) as unknown as [
    string,
    string | undefined,
    string,
    string,
  ];
  const origin = protocol + slashes + host;
  return withUserHidden({
    scheme,
    hostname,
    port: port === '' ? defaultPort(scheme) : Number(port),
    authority: host,
    origin,
    href: origin + target + fragment,
    target,
    fragment,
    username: decodeUserinfo(username),
    password: decodeUserinfo(password),
  });
}

/** A serialised URL: the slashes before an authority, path and query, fragment. */
const PARTS = /^[^:]*:(?:(\/\/)[^/?#]*)?([^#]*)(.*)$/s;

function decodeUserinfo(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The rare URL with userinfo shows none. */
function withUserHidden(url: ParsedUrl): ParsedUrl {
  const hasUser = url.username !== '' || url.password !== '';
  return hasUser ? concealed(url, (name) => name === 'username' || name === 'password') : url;
}

/** `localhost:3000/x` is a URL of the scheme `localhost`. What was meant by it, with words before it; empty where it is what it says. */
export function hintOfScheme(href: string): string {
  return HOST_AND_PORT.test(href) ? `; did you mean http://${href}?` : '';
}

const HOST_AND_PORT = /^[^:/]+:\d{1,5}(?:[/?#]|$)/;

/** The same resource, userinfo included, under another scheme and port: what an HSTS upgrade does (RFC 6797 §8.3). */
export function withScheme(url: ParsedUrl, scheme: string, port: number): ParsedUrl {
  const authority = port === defaultPort(scheme) ? url.hostname : `${url.hostname}:${port}`;
  const origin = `${scheme}://${authority}`;
  return withUserHidden({
    ...url,
    scheme,
    port,
    authority,
    origin,
    href: origin + url.target + url.fragment,
  });
}

/** With a query, encoded already, behind the one that it has. */
export function withQuery(url: ParsedUrl, query: string): ParsedUrl {
  if (query === '') return url;
  const { origin, fragment } = url;
  const at = url.target.indexOf('?');
  const isOpen = at === url.target.length - 1 || url.target.endsWith('&');
  const separator = at < 0 ? '?' : isOpen ? '' : '&';
  const target = url.target + separator + query;
  return withUserHidden({ ...url, target, href: origin + target + fragment });
}

/** The URL as a Referer, an error or a log may show it: no userinfo, no fragment. */
export function withoutFragment(url: ParsedUrl): string {
  return url.href.slice(0, url.href.length - url.fragment.length);
}

/** How the URL of a local socket may begin. The second is another way to write the first, as in Qt. */
export const LOCAL_SOCKETS: readonly string[] = ['unix+http', 'local+http'];

/** One word for one scheme. */
export function canonicalScheme(scheme: string): string {
  return LOCAL_SOCKETS.includes(scheme) ? 'unix+http' : scheme;
}
