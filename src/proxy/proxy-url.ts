import type { ProxyServer } from '../call/route.ts';
import type { NetworkProxy } from '../options/proxy.ts';
import { proxyServer } from './proxy-server.ts';

/** Schemes of proxy URLs, and what they stand for. `socks` is what environments say; `socks4` has no names to give. */
const SCHEMES: ReadonlyMap<string, NetworkProxy> = new Map([
  ['http', { type: 'http' }],
  ['https', { type: 'http', tls: {} }],
  ['socks', { type: 'socks5' }],
  ['socks5', { type: 'socks5' }],
  ['socks5h', { type: 'socks5' }],
  ['socks4', { type: 'socks4a' }],
  ['socks4a', { type: 'socks4a' }],
]);

const EXPECTED = `a proxy URL of ${[...SCHEMES.keys()].join(', ')} with a host and nothing behind it`;

/** Scheme, userinfo, host, port. The last `@` ends the userinfo, as in WHATWG URLs: passwords have them unescaped. */
const URL_PARTS =
  /^(?:([a-z][a-z\d+.-]*):\/\/)?(?:([^/?#]*)@)?(\[[^\]/?#@]*\]|[^/?#@:[\]]*)(?::(\d{0,5}))?\/?$/i;

/**
 * A proxy by its URL. Without a scheme it is http (`proxy.corp:3128`, as environments have it).
 * @throws TypeError without the text, which may have credentials
 */
export function parseProxyUrl(text: string): ProxyServer {
  const parts = URL_PARTS.exec(text.trim());
  const [, scheme = 'http', userinfo = '', host = '', port = ''] = parts ?? [];
  const fields = SCHEMES.get(scheme.toLowerCase());
  if (parts === null || fields === undefined || host === '')
    throw new TypeError(`proxy: expected ${EXPECTED}`);
  const colon = userinfo.indexOf(':');
  const user = decoded(colon < 0 ? userinfo : userinfo.slice(0, colon));
  const password = colon < 0 ? '' : decoded(userinfo.slice(colon + 1));
  return proxyServer({
    ...fields,
    host,
    ...(port === '' ? {} : { port: Number(port) }),
    user,
    password,
  })!;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign of the password's own.
    return text;
  }
}
