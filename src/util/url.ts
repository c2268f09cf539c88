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
  /** With its `#`, or empty. */
  readonly fragment: string;
  /** Percent-decoded userinfo, or empty. Never part of `href`. */
  readonly username: string;
  readonly password: string;
}

class UrlValue implements ParsedUrl {
  readonly #at: Origin;
  readonly target: string;
  readonly fragment: string;
  readonly username: string;
  readonly password: string;
  readonly #prefix: string;

  constructor(
    at: Origin,
    prefix: string,
    target: string,
    fragment: string,
    username: string,
    password: string,
  ) {
    this.#at = at;
    this.#prefix = prefix;
    this.target = target;
    this.fragment = fragment;
    this.username = username;
    this.password = password;
  }

  get scheme(): string {
    return this.#at.scheme;
  }
  get hostname(): string {
    return this.#at.hostname;
  }
  get port(): number {
    return this.#at.port;
  }
  get authority(): string {
    return this.#at.authority;
  }
  get origin(): string {
    return this.#at.origin;
  }
  get href(): string {
    return this.#prefix + this.target + this.fragment;
  }
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

const MAX_ORIGINS = 1024;
const origins = new Map<string, Origin>();

/**
 * Parses an absolute URL, or one relative to `base`.
 *
 * @throws TypeError when it does not parse, or carries CR, LF, NUL or another control character (a WHATWG parser drops
 * some of them silently, which turns a header-injection attempt into a different URL; `data:` is spared, its bytes never
 * reach a wire).
 */
export function parseUrl(input: string | URL, base?: string): ParsedUrl {
  if (typeof input === 'string') {
    const known = parseKnownOrigin(input);
    if (known !== null) return known;
    if (CONTROL.test(input) && !DATA.test(input))
      throw new TypeError('URL: control characters are not allowed');
  }
  let url: URL;
  try {
    url = typeof input === 'string' ? new URL(input, base) : input;
  } catch (cause) {
    throw new TypeError(base === undefined ? 'URL: not an absolute URL' : 'URL: cannot be parsed', { cause });
  }
  return fromUrl(url);
}

const CONTROL = /[\0-\x1f\x7f]/;
const DATA = /^\s*data:/i;

/**
 * The fast path: an origin seen before, followed by characters that the WHATWG parser leaves as they are. Anything that
 * it might rewrite (dot segments, escapes of dots, spaces, quotes, non-ASCII) takes the slow way.
 */
function parseKnownOrigin(input: string): ParsedUrl | null {
  const slashes = input.indexOf('://');
  if (slashes < 0) return null;
  const start = input.indexOf('/', slashes + 3);
  if (start < 0) return null;
  const prefix = input.slice(0, start);
  const at = origins.get(prefix);
  if (at === undefined) return null;
  for (let i = start; i < input.length; i++) {
    const code = input.charCodeAt(i);
    if (code > 0x7e || PLAIN[code] === 0) return null;
    // A dot segment starts with "/." (or with "/%2e", and "%" is not plain).
    if (code === 0x2e && input.charCodeAt(i - 1) === 0x2f) return null;
  }
  return new UrlValue(at, prefix, input.slice(start), '', '', '');
}

const PLAIN = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&()*+,;=:@/?') {
  PLAIN[char.charCodeAt(0)] = 1;
}

function fromUrl(url: URL): ParsedUrl {
  const scheme = url.protocol.slice(0, -1);
  const hierarchical = url.href.startsWith(`${url.protocol}//`);
  const prefix = hierarchical ? `${scheme}://${url.host}` : `${scheme}:`;
  const at = internOrigin(prefix, scheme, url);
  // Cut from the serialised form: pathname + search would lose an empty query, which is a different resource.
  const userinfo =
    url.username === '' && url.password === '' ? 0 : url.href.indexOf('@') + 1 - `${scheme}://`.length;
  const hash = url.href.indexOf('#');
  const end = hash < 0 ? url.href.length : hash;
  return new UrlValue(
    at,
    prefix,
    url.href.slice(prefix.length + userinfo, end),
    url.href.slice(end),
    decodeUserinfo(url.username),
    decodeUserinfo(url.password),
  );
}

function internOrigin(prefix: string, scheme: string, url: URL): Origin {
  const known = origins.get(prefix);
  if (known !== undefined) return known;
  const origin: Origin = {
    scheme,
    hostname: url.hostname,
    port: url.port === '' ? defaultPort(scheme) : Number(url.port),
    authority: url.host,
    origin: prefix,
  };
  // Only special schemes are given back unchanged by the fast path's rules; others may hold an opaque path.
  if (defaultPort(scheme) !== 0) {
    if (origins.size >= MAX_ORIGINS) origins.clear();
    origins.set(prefix, origin);
  }
  return origin;
}

function decodeUserinfo(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The same resource, userinfo included, under another scheme and port: what an HSTS upgrade does (RFC 6797 §8.3). */
export function withScheme(url: ParsedUrl, scheme: string, port: number): ParsedUrl {
  const suffix = port === defaultPort(scheme) ? '' : `:${port}`;
  const prefix = `${scheme}://${url.hostname}${suffix}`;
  return new UrlValue(parseUrl(`${prefix}/`), prefix, url.target, url.fragment, url.username, url.password);
}

/** The URL as a Referer, an error or a log may show it: no userinfo, no fragment. */
export function withoutFragment(url: ParsedUrl): string {
  return url.fragment === '' ? url.href : url.href.slice(0, -url.fragment.length);
}
