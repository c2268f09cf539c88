import { expect, test } from 'vitest';
import type { NetworkProxy } from '../../../src/options/proxy.ts';
import { parseProxy } from '../../../src/proxy/setting.ts';

type Changeable = { -readonly [Name in keyof NetworkProxy]: NetworkProxy[Name] };

test.each<[string, NetworkProxy]>([
  ['plain', { type: 'http', host: 'a', port: 1, user: 'me', password: 'secret' }],
  ['frozen', Object.freeze<NetworkProxy>({ type: 'http', host: 'a', tls: {} })],
  ['with capabilities', { type: 'http', host: 'a', capabilities: ['tunneling'] }],
])('a proxy that is %s is the same one each time', (_, proxy) => {
  const first = parseProxy(proxy);
  expect(parseProxy(proxy)).toBe(first);
  expect(parseProxy({ ...proxy })).toEqual(first);
});

test('what is changed in a proxy counts from then on', () => {
  const capabilities: NonNullable<NetworkProxy['capabilities']>[number][] = ['tunneling', 'caching'];
  const proxy: Changeable = { type: 'http', host: 'a', port: 1, capabilities };
  const before = parseProxy(proxy);
  proxy.port = 2;
  expect(parseProxy(proxy)).toMatchObject([{ port: 2 }]);
  capabilities.pop();
  expect(parseProxy(proxy)).toMatchObject([{ port: 2, canForward: false }]);
  proxy.user = 'me';
  expect(parseProxy(proxy)).toMatchObject([{ user: 'me' }]);
  delete proxy.user;
  const headers: Record<string, string> = { 'x-a': '1' };
  proxy.headers = headers;
  expect(parseProxy(proxy)).toMatchObject([{ fields: ['x-a', '1'] }]);
  headers['x-a'] = '2';
  expect(parseProxy(proxy)).toMatchObject([{ fields: ['x-a', '2'] }]);
  expect(before).toMatchObject([{ port: 1, canForward: true, user: '' }]);
});
