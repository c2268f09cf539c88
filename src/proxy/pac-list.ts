import type { ProxyServer } from '../call/route.ts';
import { parseProxyUrl } from './proxy-url.ts';

/** The words of PAC files. Bare `SOCKS` is version 4 in all browsers; ours lets the proxy resolve names (4a). */
const WORDS = new Map([
  ['PROXY', 'http'],
  ['HTTP', 'http'],
  ['HTTPS', 'https'],
  ['SOCKS', 'socks4a'],
  ['SOCKS4', 'socks4a'],
  ['SOCKS5', 'socks5'],
]);

/** Entries of one list that are looked at. */
const MOST_ENTRIES = 32;

/** Whether a text is a list as a PAC file gives it, and no URL. */
export function isPacList(text: string): boolean {
  return /^\s*(?:DIRECT|PROXY|HTTPS?|SOCKS[45]?)(?:[\s;]|$)/i.test(text);
}

/**
 * A list as a PAC file gives it: `PROXY a:8080; SOCKS5 b:1080; DIRECT`. Null stands for DIRECT. What is no proxy is left
 * out, as browsers do; a list of nothing else is empty.
 */
export function parsePacList(text: string): readonly (ProxyServer | null)[] {
  return text
    .split(';', MOST_ENTRIES)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .flatMap((entry) => parseEntry(entry) ?? []);
}

/** In a list, so that DIRECT is told from nothing. */
function parseEntry(entry: string): [ProxyServer | null] | null {
  const [word, address, ...rest] = entry.split(/\s+/);
  if (word!.toUpperCase() === 'DIRECT') return address === undefined ? [null] : null;
  const scheme = WORDS.get(word!.toUpperCase());
  if (scheme === undefined || address === undefined || rest.length > 0) return null;
  try {
    return [parseProxyUrl(`${scheme}://${address}`)];
  } catch {
    return null;
  }
}
