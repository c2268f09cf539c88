import { expect, test } from 'vitest';
import type { NetworkProxy } from '../../../src/options/proxy.ts';
import { authenticatingProxy, proxyOrigin, proxyServer } from '../../../src/proxy/proxy-server.ts';

test.each<[NetworkProxy, string]>([
  [{ type: 'http', host: 'p', port: 3128, user: 'me', password: 's3cret' }, 'http://p:3128'],
  [{ type: 'http', host: 'p' }, 'http://p'],
  [{ type: 'http-caching', host: 'p', port: 8080 }, 'http://p:8080'],
  [{ type: 'http', host: 'p', tls: {} }, 'https://p'],
  [{ type: 'http-caching', host: 'p', port: 3129, tls: {} }, 'https://p:3129'],
  [{ type: 'http', host: '::1', port: 3128 }, 'http://[::1]:3128'],
  [{ type: 'socks5', host: '::1' }, 'socks5://[::1]:1080'],
  [{ type: 'socks4a', host: 'p', user: 'me' }, 'socks4a://p:1080'],
])('%j is called %s, in errors as by credentials', (fields, origin) => {
  const proxy = proxyServer(fields)!;
  expect(proxyOrigin(proxy)).toBe(origin);
  expect(authenticatingProxy(proxy).origin).toBe(origin);
});
