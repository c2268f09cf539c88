import { expect, test } from 'vitest';
import {
  chooseBySystemSettings,
  NO_SETTINGS,
  type SystemSettings,
} from '../../../../src/proxy/system/system-settings.ts';

const ask = (settings: Partial<SystemSettings>, url = 'http://origin.test:81/') => {
  const { hostname, port, protocol } = new URL(url);
  const scheme = protocol.slice(0, -1) as 'http' | 'https';
  return chooseBySystemSettings(
    { ...NO_SETTINGS, source: 'GNOME', ...settings },
    {
      url,
      scheme,
      protocolTag: scheme,
      peerHost: hostname.replace(/^\[|\]$/g, ''),
      peerPort: Number(port || (scheme === 'http' ? 80 : 443)),
      attributes: new Map(),
    },
  );
};

const http = 'http://http.corp:8080';
const https = 'http://https.corp:8443';
const socks = 'socks5://socks.corp';

test.each<[Partial<SystemSettings>, string, string | null, string]>([
  [{}, 'http://a.test/', null, 'no proxy for http'],
  [{ http }, 'http://a.test/', 'http.corp:8080', 'proxy for http'],
  [{ http }, 'https://a.test/', null, 'no proxy for https'],
  [{ http, https, socks }, 'https://a.test/', 'https.corp:8443', 'proxy for https'],
  [{ http, socks }, 'https://a.test/', 'socks.corp:1080', 'proxy for socks'],
  [{ http }, 'http://localhost:1/', null, 'not for this machine itself'],
  [{ http }, 'http://[::1]:1/', null, 'not for this machine itself'],
  [{ http }, 'http://127.9.9.9/', null, 'not for this machine itself'],
  [{ http, exceptions: '*.corp,10.0.0.0/8' }, 'http://in.corp/', null, 'exception *.corp matches'],
  [{ http, exceptions: '*.corp,10.0.0.0/8' }, 'http://10.1.2.3/', null, 'exception 10.0.0.0/8 matches'],
  [{ http, exceptions: '*.corp' }, 'http://corp.test/', 'http.corp:8080', 'proxy for http'],
  [{ http, exceptions: 'a.test:80' }, 'http://a.test:81/', 'http.corp:8080', 'proxy for http'],
  [{ http, exceptions: '<local>' }, 'http://intranet/', null, 'exception <local> matches'],
  [{ http, exceptions: '.corp', isReversed: true }, 'http://in.corp/', 'http.corp:8080', 'proxy for http'],
  [{ http, exceptions: '.corp', isReversed: true }, 'http://a.test/', null, 'no host of its list matches'],
])('%j for %s', (settings, url, expected, rule) => {
  const choice = ask(settings, url);
  expect(choice.rule).toBe(`system (GNOME): ${rule}`);
  expect(choice.proxies.map((proxy) => proxy && `${proxy.host}:${proxy.port}`)).toEqual([expected]);
});

test('what names no proxy is told without its value', () => {
  expect(() => ask({ http: 'http://me:secret@a b:1' })).toThrow(/^the setting for http names no proxy: /);
  expect(() => ask({ http: 'http://me:secret@a b:1' })).not.toThrow(/secret/);
});
