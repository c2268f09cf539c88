import { defaultPort, type Origin, type ParsedUrl, parseUrl } from './url.ts';

const MAX_ORIGINS = 1024;
/** Characters. A longer URL is not kept: what is kept has a bound in bytes. */
const LONGEST_KEPT = 2048;
const origins = new Map<string, Origin>();
/** The URL that was asked for last is often asked for again. */
let last: ParsedUrl | null = null;

/** {@link parseUrl} for programs that ask the same origins again and again: a URL of one that was seen before is not parsed. */
export function parseKnownUrl(input: string | URL, base?: string): ParsedUrl {
  if (input === last?.href) return last;
  const known = typeof input === 'string' ? ofKnownOrigin(input) : null;
  if (known !== null) {
    if (known.href.length <= LONGEST_KEPT) last = known;
    return known;
  }
  const url = parseUrl(input, base);
  // Only special schemes are given back unchanged by the rules below; others may hold an opaque path.
  if (defaultPort(url.scheme) !== 0) {
    const { scheme, hostname, port, authority, origin } = url;
    if (origins.size >= MAX_ORIGINS) origins.clear();
    // The origin alone: path and query may be long, and secret.
    origins.set(origin, { scheme, hostname, port, authority, origin });
  }
  return url;
}

/**
 * An origin seen before, followed by characters that the WHATWG parser leaves as they are. Anything that it might rewrite
 * (dot segments, escapes of dots, spaces, quotes, non-ASCII) is for the parser.
 */
function ofKnownOrigin(input: string): ParsedUrl | null {
  const slashes = input.indexOf('://');
  if (slashes < 0) return null;
  const start = input.indexOf('/', slashes + 3);
  if (start < 0) return null;
  const known = origins.get(input.slice(0, start));
  if (known === undefined) return null;
  for (let i = start; i < input.length; i++) {
    const code = input.charCodeAt(i);
    if (code > 0x7e || PLAIN[code] === 0) return null;
    // A dot segment starts with "/." (or with "/%2e", and "%" is not plain).
    if (code === 0x2e && input.charCodeAt(i - 1) === 0x2f) return null;
  }
  const { scheme, hostname, port, authority, origin } = known;
  return {
    scheme,
    hostname,
    port,
    authority,
    origin,
    href: input,
    target: input.slice(start),
    fragment: '',
    username: '',
    password: '',
  };
}

const PLAIN = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&()*+,;=:@/?') {
  PLAIN[char.charCodeAt(0)] = 1;
}
