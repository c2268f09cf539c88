import { describe, expect, test } from 'vitest';
import type { ProxyInput } from '../../../src/options/proxy.ts';
import { publicKey } from '../../../src/proxy/proxy-server.ts';
import { parsePacList, parseProxy } from '../../../src/proxy/setting.ts';

/** `type://host:port user/password`, or what it stands for. */
function shown(input: ProxyInput): unknown {
  const setting = parseProxy(input);
  if (typeof setting === 'string') return setting;
  return setting.map((proxy) =>
    proxy === null
      ? 'direct'
      : publicKey(proxy) + (proxy.user + proxy.password === '' ? '' : ` ${proxy.user}/${proxy.password}`),
  );
}

describe('what a proxy is written as', () => {
  test.each<[ProxyInput, unknown]>([
    ['none', ['direct']],
    ['default', 'default'],
    ['environment', 'environment'],
    ['system', 'system'],
    ['http://proxy.corp', ['http://proxy.corp:80']],
    ['http://proxy.corp:3128/', ['http://proxy.corp:3128']],
    ['HTTP://Proxy.Corp:3128', ['http://proxy.corp:3128']],
    ['proxy.corp:3128', ['http://proxy.corp:3128']],
    ['user:pw@proxy.corp:3128', ['http://proxy.corp:3128 user/pw']],
    ['http://user:p%40ss@proxy.corp:3128', ['http://proxy.corp:3128 user/p@ss']],
    ['http://user:p@ss:w@proxy.corp:3128', ['http://proxy.corp:3128 user/p@ss:w']],
    ['http://user:100%@proxy.corp', ['http://proxy.corp:80 user/100%']],
    ['http://user@proxy.corp', ['http://proxy.corp:80 user/']],
    ['https://proxy.corp', ['http+tls://proxy.corp:443']],
    ['socks5://proxy.corp', ['socks5://proxy.corp:1080']],
    ['socks5h://u:p@proxy.corp:9050', ['socks5://proxy.corp:9050 u/p']],
    ['socks://proxy.corp', ['socks5://proxy.corp:1080']],
    ['socks4a://proxy.corp', ['socks4a://proxy.corp:1080']],
    ['http://[::1]:3128', ['http://::1:3128']],
    ['http://0x7f.1:3128', ['http://127.0.0.1:3128']],
    ['http://bücher.example:3128', ['http://xn--bcher-kva.example:3128']],
    ['PROXY a:8080; SOCKS5 b:1080; DIRECT', ['http://a:8080', 'socks5://b:1080', 'direct']],
    ['DIRECT', ['direct']],
    [{ type: 'none' }, ['direct']],
    [{ type: 'http', host: '::1', port: 3128 }, ['http://::1:3128']],
    [{ type: 'http', host: '[::1]' }, ['http://::1:80']],
    [{ type: 'http-caching', host: 'cache' }, ['http-caching://cache:80']],
    [{ type: 'http', host: 'p', tls: {} }, ['http+tls://p:443']],
    [{ type: 'socks5', host: 'p', user: 'u', password: 'p:w' }, ['socks5://p:1080 u/p:w']],
  ])('%j', (input, expected) => {
    expect(shown(input)).toEqual(expected);
  });

  const SECRET = 'pAssw0rd';
  test.each<[string, unknown]>([
    ['no text', ''],
    ['a word that there is not', `${'automatic'.padEnd(12, '!')}/x`],
    ['another scheme', `ftp://user:${SECRET}@proxy.corp`],
    ['a path', `http://user:${SECRET}@proxy.corp/path`],
    ['a query', `http://user:${SECRET}@proxy.corp?x`],
    ['a port that is none', `http://user:${SECRET}@proxy.corp:99999`],
    ['port 0', `http://user:${SECRET}@proxy.corp:0`],
    ['no host', `http://user:${SECRET}@:80`],
    ['half an address', `http://user:${SECRET}@[::1`],
    ['a host that is none', `http://user:${SECRET}@a..b`],
    ['control characters', `http://user:${SECRET}%0d%0aX: y@proxy.corp`],
    ['a colon in the user of HTTP', `http://us%3Aer:${SECRET}@proxy.corp`],
    ['a password for SOCKS4a', `socks4a://user:${SECRET}@proxy.corp`],
    ['a password that is too long for SOCKS', `socks5://user:${SECRET.repeat(40)}@proxy.corp`],
    ['a list of nothing', 'PROXY'],
    ['a list of what is no proxy', `PROXY ${SECRET}/x; FTP b:1`],
    ['no type', { host: 'proxy.corp', password: SECRET }],
    ['another type', { type: 'ftp', host: 'proxy.corp', password: SECRET }],
    ['no host', { type: 'http', password: SECRET }],
    ['a host with a port', { type: 'http', host: 'proxy.corp:80', password: SECRET }],
    ['a misspelt option', { type: 'http', host: 'proxy.corp', username: 'u', password: SECRET }],
    ['a port as text', { type: 'http', host: 'proxy.corp', port: '80', password: SECRET }],
    ['fields for SOCKS', { type: 'socks5', host: 'p', headers: { 'x-a': SECRET } }],
    ['TLS for SOCKS', { type: 'socks5', host: 'p', tls: {}, password: SECRET }],
    ['names resolved here for HTTP', { type: 'http', host: 'p', hostNameLookup: 'local' }],
    ['a field of ours', { type: 'http', host: 'p', headers: { host: SECRET } }],
    ['a field that is none', { type: 'http', host: 'p', headers: { 'x-a': `${SECRET}\r\n` } }],
    ['a capability that there is not', { type: 'http', host: 'p', capabilities: ['udp'] }],
    ['an array', [SECRET]],
    ['null', null],
  ])('%s is a TypeError without secrets', (_, input) => {
    let error: unknown;
    try {
      parseProxy(input as ProxyInput);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(TypeError);
    expect(String((error as Error).message)).not.toContain(SECRET);
    expect((error as Error).message).toMatch(/^(proxy|headers|option)/);
  });

  test('nothing is read from a polluted prototype', () => {
    const polluted = Object.create({ user: 'eve', password: 'x', tls: {}, guards: true });
    Object.assign(polluted, { type: 'http', host: 'proxy.corp' });
    expect(shown(polluted)).toEqual(['http://proxy.corp:80']);
  });
});

describe('parsePacList', () => {
  test.each<[string, string[]]>([
    ['PROXY a:1;PROXY b:2', ['http://a:1', 'http://b:2']],
    ['  proxy   a:1 ;; direct ', ['http://a:1', 'direct']],
    ['HTTPS a:1; HTTP b:2', ['http+tls://a:1', 'http://b:2']],
    ['SOCKS a:1; SOCKS4 b:2; SOCKS5 c:3', ['socks4a://a:1', 'socks4a://b:2', 'socks5://c:3']],
    ['QUIC a:1; DIRECT', ['direct']],
    ['PROXY; PROXY a b; DIRECT x', []],
    ['PROXY [::1]:8080', ['http://::1:8080']],
    ['PROXY a', ['http://a:80']],
    ['', []],
  ])('%j', (text, expected) => {
    expect(parsePacList(text).map((proxy) => (proxy === null ? 'direct' : publicKey(proxy)))).toEqual(
      expected,
    );
  });

  test('looks at so many entries', () => {
    expect(parsePacList('DIRECT;'.repeat(100_000)).length).toBe(32);
  });
});
