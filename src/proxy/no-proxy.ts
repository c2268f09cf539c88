import { canonicalHost, isLoopback } from '../util/host.ts';
import { addressBytes, hasPrefix, withoutMapping } from '../util/ip-address.ts';

/*
 * Lists of hosts that are reached without a proxy: `no_proxy`, and the exceptions of desktops. No standard says what they
 * mean; this is what curl, Go, Python and undici have in common, decided on bytes where it is about addresses.
 *
 *     *                      every host
 *     example.com            that host and those below it; .example.com is the same, *.example.com without itself
 *     192.168.*              names and addresses by pattern (Windows)
 *     <local>                names without a dot (Windows, macOS)
 *     10.1.2.3, ::1, [::1]   that address, in whatever spelling, IPv4-mapped ones too
 *     10.0.0.0/8, fd00::/8   the addresses of a network; 10.0.0.1-10.0.0.9 a range
 *     host:8080, [::1]:8080  on that port only
 *     localhost, 127.0.0.1   and every other name and address of this machine
 */

/** A host that is asked about. */
export interface Peer {
  /** In canonical form (WHATWG), IPv6 in brackets. */
  readonly host: string;
  readonly port: number;
}

/** One entry: whether it says that a host is reached directly. */
interface Entry {
  /** As it was written. */
  readonly text: string;
  /** 0 for all. */
  readonly port: number;
  matches(host: string, address: Uint8Array | null): boolean;
}

/** Entries of one list, and bytes of the list, that are looked at. */
const MOST_ENTRIES = 2000;
const MOST_BYTES = 64 * 1024;

/** A list of exceptions, taken apart once. */
export class NoProxyList {
  readonly #entries: readonly Entry[];

  /** @param text entries between commas, semicolons or white space. What is no entry is left out */
  constructor(text: string) {
    this.#entries = text
      .slice(0, MOST_BYTES)
      .split(/[\s,;]+/, MOST_ENTRIES)
      .filter((entry) => entry !== '')
      .flatMap((entry) => parseEntry(entry) ?? []);
  }

  /** The first entry that says that the peer is reached directly, as it was written, or null. */
  match({ host, port }: Peer): string | null {
    const canonical = canonicalHost(host) ?? host;
    const bytes = addressOf(canonical);
    const found = this.#entries.find(
      (entry) => (entry.port === 0 || entry.port === port) && entry.matches(canonical, bytes),
    );
    return found?.text ?? null;
  }
}

function parseEntry(text: string): Entry | null {
  const [pattern, port] = withoutPort(text);
  const matches = matcherOf(pattern);
  return matches === null ? null : { text, port, matches };
}

/** `host:8080`, `[::1]:8080`; an IPv6 address without brackets has no port. */
function withoutPort(text: string): [pattern: string, port: number] {
  const [, pattern, port] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text) ?? [];
  return pattern === undefined ? [text, 0] : [pattern, Number(port)];
}

function matcherOf(pattern: string): Entry['matches'] | null {
  if (pattern === '*') return () => true;
  if (pattern.toLowerCase() === '<local>') return (host, address) => address === null && !host.includes('.');
  return networkMatcher(pattern) ?? rangeMatcher(pattern) ?? hostMatcher(pattern);
}

/** `10.0.0.0/8`, `fd00::/8`, `[fd00::]/8`. */
function networkMatcher(pattern: string): Entry['matches'] | null {
  const [, network, length] = /^\[?([^\]/]+)\]?\/(\d{1,3})$/.exec(pattern) ?? [];
  const bytes = network === undefined ? null : addressBytes(network);
  if (bytes === null || Number(length) > bytes.length * 8) return null;
  const plain = withoutMapping(bytes);
  // `::ffff:10.0.0.0/104` is another spelling of `10.0.0.0/8`; one shorter than the prefix of all mapped ones is none.
  const isMapped = plain.length < bytes.length && Number(length) >= 96;
  const bits = isMapped ? Number(length) - 96 : Number(length);
  return (_, address) => address !== null && hasPrefix(address, isMapped ? plain : bytes, bits);
}

/** `10.0.0.1-10.0.0.9`. */
function rangeMatcher(pattern: string): Entry['matches'] | null {
  const [from, to, ...more] = pattern.split('-', 3).map(addressOf);
  if (!from || !to || more.length > 0 || from.length !== to.length) return null;
  return (_, address) =>
    address?.length === from.length && compare(from, address) <= 0 && compare(address, to) <= 0;
}

/** A name, an address, or a pattern of one. */
function hostMatcher(pattern: string): Entry['matches'] | null {
  if (pattern.replace(/^\*?\./, '').includes('*')) return globMatcher(pattern.toLowerCase());
  const isBelowOnly = pattern.startsWith('*.');
  const name = canonicalHost(bracketed(pattern.replace(/^\*?\./, '')));
  if (name === null) return null;
  const bytes = addressOf(name);
  // One name or address of this machine stands for all.
  if (isThisMachine(name)) return (host) => isThisMachine(host);
  if (bytes !== null) return (_, address) => address !== null && compare(bytes, address) === 0;
  return (host, address) =>
    address === null && ((host === name && !isBelowOnly) || host.endsWith(`.${name}`));
}

/** Loopback in any spelling, IPv4-mapped ones too. */
function isThisMachine(host: string): boolean {
  const address = addressOf(host);
  return isLoopback(host) || (address?.length === 4 && address[0] === 127);
}

/** `*` stands for any characters. The pieces between are looked for from left to right, each once: no backtracking. */
function globMatcher(pattern: string): Entry['matches'] {
  const [first, ...pieces] = pattern.split('*') as [string, ...string[]];
  const last = pieces.pop()!;
  return (host, address) => {
    const text = address === null ? host : (textOf(address) ?? host.slice(1, -1));
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last))
      return false;
    const end = text.length - last.length;
    let at = first.length;
    for (const piece of pieces) {
      const found = text.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return at <= end;
  };
}

function textOf(address: Uint8Array): string | null {
  return address.length === 4 ? address.join('.') : null;
}

/** IPv6 without brackets is what lists have, and what the parser of hosts does not take. */
function bracketed(pattern: string): string {
  const text = pattern.split('%', 1)[0]!;
  return text.includes(':') && !text.startsWith('[') ? `[${text}]` : text;
}

/** The bytes of a host that is an address, IPv4-mapped ones as IPv4; null for a name. */
function addressOf(host: string): Uint8Array | null {
  const bytes = addressBytes(host.startsWith('[') ? host.slice(1, -1) : host);
  return bytes === null ? null : withoutMapping(bytes);
}

function compare(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return a.length - b.length;
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
