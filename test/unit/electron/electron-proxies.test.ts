/** `electronProxies` over a session that is acted out. What Chromium says is in test/electron. */
import { expect, test } from 'vitest';
import { electronProxies } from '../../../platform/electron/main.ts';
import { NetworkAccessManager } from '../../../platform/node/index.ts';

async function tried(resolveProxy: (url: string) => Promise<string>, url = 'https://h.example/path?query') {
  const manager = new NetworkAccessManager({ proxyFactory: electronProxies({ resolveProxy }) });
  const { tried } = await manager.explainProxy(url);
  await manager.close();
  return tried.map(({ type, host, port }) => `${type} ${host}:${port}`);
}

test.each([
  ['DIRECT', ['none null:null']],
  ['PROXY proxy.example:3128; DIRECT', ['http proxy.example:3128', 'none null:null']],
  // Over TLS, which is not shown.
  ['HTTPS proxy.example:443', ['http proxy.example:443']],
  [
    'SOCKS5 proxy.example:1080;SOCKS other.example:1081',
    ['socks5 proxy.example:1080', 'socks4a other.example:1081'],
  ],
])('%s', async (list, expected) => {
  const asked: string[] = [];
  const resolveProxy = async (url: string): Promise<string> => {
    asked.push(url);
    return list;
  };
  expect(await tried(resolveProxy)).toEqual(expected);
  expect(asked).toEqual(['https://h.example/path?query']);
});

test.each([
  ['fails', async () => Promise.reject(new Error('no session'))],
  ['says what is no list', async () => 'NONSENSE'],
])('a session that %s ends the request with proxy-not-found', async (_name, resolveProxy) => {
  const manager = new NetworkAccessManager({ proxyFactory: electronProxies({ resolveProxy }) });
  await expect(manager.get('http://h.example/').text()).rejects.toMatchObject({ code: 'proxy-not-found' });
  await manager.close();
});
