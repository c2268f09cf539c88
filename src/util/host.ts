/**
 * Host names as cookies and HSTS compare them. RFC 6265bis §5.1.2 and RFC 6797 §9 and §10 both want lower-case A-labels;
 * the platform's WHATWG host parser makes them (IDNA mapping, U+3002 and its siblings as dots, odd spellings of IPv4).
 */

/** RFC 1035 §2.3.4, as text without the root's dot. What is longer has no address, and costs more to look up. */
export const MAX_HOST_LENGTH = 253;

const DOT = 0x2e;

/**
 * The canonical form of a host: lower-case A-labels, IPv4 as four decimals, IPv6 in brackets, one trailing dot (the DNS
 * root) removed. Null for what is no host: empty text or labels (`example.com..`), ports, escapes, white space, and what is
 * too long for a name.
 */
export function canonicalHost(host: string): string | null {
  const canonical = isPlainHost(host) ? host : parseHost(host);
  return canonical !== null && canonical.length > MAX_HOST_LENGTH ? null : canonical;
}

/** True for IPv4 and IPv6 addresses. Takes a host in canonical form, where only an IPv4 address ends in a number. */
export function isIpAddress(host: string): boolean {
  if (host.charCodeAt(0) === 0x5b) return true;
  let i = host.length - 1;
  while (i >= 0 && isDigit(host.charCodeAt(i))) i--;
  return i < host.length - 1 && host.charCodeAt(i) === DOT;
}

/**
 * True for names that the host parser would give back unchanged: lower-case ASCII labels, none empty, none that claims
 * to be an A-label, and no last label that could be the number of an IPv4 address.
 */
function isPlainHost(host: string): boolean {
  let labelStart = 0;
  for (let i = 0; i < host.length; i++) {
    const code = host.charCodeAt(i);
    if (code === DOT) {
      if (i === labelStart) return false;
      labelStart = i + 1;
    } else if (code > 0x7f || PLAIN[code] === 0 || (i === labelStart && host.startsWith('xn--', i))) {
      return false;
    }
  }
  return labelStart < host.length && !isDigit(host.charCodeAt(labelStart));
}

const PLAIN = new Uint8Array(128);
for (const char of 'abcdefghijklmnopqrstuvwxyz0123456789-_') PLAIN[char.charCodeAt(0)] = 1;

/** What a URL parser would take for the end of the host, drop silently, or decode. */
const NOT_HOST = /[\0-\x20/?#@:\\%]/;
const IPV6 = /^\[[0-9a-f:.]+\]$/i;

function parseHost(host: string): string | null {
  if (NOT_HOST.test(host) && !IPV6.test(host)) return null;
  let parsed: string;
  try {
    parsed = new URL(`http://${host}/`).hostname;
  } catch {
    return null;
  }
  const name = parsed.endsWith('.') ? parsed.slice(0, -1) : parsed;
  const hasEmptyLabel = name === '' || name.startsWith('.') || name.endsWith('.') || name.includes('..');
  return hasEmptyLabel ? null : name;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/*
 * Hosts that are this machine itself: what travels to them meets no network, so nobody can listen or answer in their
 * place. Cookies treat them as secure, and HSTS does not hold for the names. The one place that knows them.
 *
 * Source: Secure Contexts §3.1 ("potentially trustworthy origin"), RFC 6761 §6.3, Fetch (main fetch: HSTS is not for
 * localhost; whatwg/fetch#1781). Chromium does the same.
 */

/** `localhost` and the names below it. Takes a canonical host. */
export function isLocalhostName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Such a name, or an address of the loopback interface (127.0.0.0/8, ::1). Takes a canonical host. */
export function isLoopback(host: string): boolean {
  if (isLocalhostName(host)) return true;
  return host === '[::1]' || (host.startsWith('127.') && isIpAddress(host));
}
