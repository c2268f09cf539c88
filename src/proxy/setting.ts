import type { ProxyServer } from '../call/route.ts';
import { isString } from '../checks/checker.ts';
import type { ProxyInput } from '../options/proxy.ts';
import { memoizeTexts } from './memoize-texts.ts';
import { isPacList, parsePacList } from './pac-list.ts';
import { isProxyFields, proxyServer } from './proxy-server.ts';
import { parseProxyUrl } from './proxy-url.ts';

/** What a text or an object stands for: a word that says where to look, or proxies in order, null for none. */
export type ProxySetting = 'default' | 'environment' | 'system' | readonly (ProxyServer | null)[];

/** Nothing but a direct connection. */
export const NO_PROXY: readonly null[] = [null];

/** @throws TypeError for what is no proxy, without what may be secret */
export function parseProxy(input: ProxyInput): ProxySetting {
  if (isString(input)) return parseText(input);
  if (!isProxyFields(input)) throw new TypeError('proxy: expected its fields, its URL or a word');
  const known = servers.get(input);
  if (known !== undefined) return known;
  const setting = [proxyServer(input)];
  // What can be changed may be something else the next time.
  if (Object.isFrozen(input)) servers.set(input, setting);
  return setting;
}

const servers = new WeakMap<object, readonly (ProxyServer | null)[]>();

const parseText = memoizeTexts((text: string): ProxySetting => {
  if (text === 'default' || text === 'environment' || text === 'system') return text;
  if (text === 'none') return NO_PROXY;
  if (!isPacList(text)) return [parseProxyUrl(text)];
  const list = parsePacList(text);
  if (list.length === 0) throw new TypeError('proxy: the list names no proxy that can be used');
  return list;
});
