import type { ProxyServer } from '../call/route.ts';
import { isString } from '../checks/checker.ts';
import type { ProxyInput } from '../options/proxy.ts';
import { memoizeTexts } from '../util/memoize.ts';
import { isProxyFields, proxyServer } from './proxy-server.ts';
import { parseProxyUrl } from './proxy-url.ts';

/** What a text or an object stands for: a word that says where to look, or proxies in order, null for none. */
type ProxySetting = 'default' | 'environment' | 'system' | readonly (ProxyServer | null)[];

/** Nothing but a direct connection. */
export const NO_PROXY: readonly null[] = [null];

/** @throws TypeError for what is no proxy, without what may be secret */
export function parseProxy(input: ProxyInput): ProxySetting {
  if (isString(input)) return parseText(input);
  if (!isProxyFields(input)) throw new TypeError('proxy: expected its fields, its URL or a word');
  // What can be changed may be something else the next time.
  const written = Object.isFrozen(input) ? FROZEN : writtenIn(input);
  const known = servers.get(input);
  if (known !== undefined && isSame(known.written, written)) return known.setting;
  const setting = [proxyServer(input)];
  if (written !== null) servers.set(input, { written, setting });
  return setting;
}

/** A proxy, and what was written in its fields when it was made of them. */
interface Known {
  readonly written: readonly unknown[];
  readonly setting: readonly (ProxyServer | null)[];
}

/** A factory gives one object again and again, and equal proxies that are not the same have to be found to be equal. */
const servers = new WeakMap<object, Known>();
const FROZEN: readonly unknown[] = [];

/** Names and values of fields, flat; null where one is an object, which may change within. */
function writtenIn(fields: object): readonly unknown[] | null {
  const written: unknown[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return null;
    written.push(name, Array.isArray(value) ? value.join() : value);
  }
  return written;
}

function isSame(before: readonly unknown[], now: readonly unknown[] | null): boolean {
  if (before === now) return true;
  return now !== null && before.length === now.length && before.every((one, i) => one === now[i]);
}

const parseText = memoizeTexts((text: string): ProxySetting => {
  if (text === 'default' || text === 'environment' || text === 'system') return text;
  if (text === 'none') return NO_PROXY;
  if (!isPacList(text)) return [parseProxyUrl(text)];
  const list = parsePacList(text);
  if (list.length === 0) throw new TypeError('proxy: the list names no proxy that can be used');
  return list;
});

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
function isPacList(text: string): boolean {
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
