import { expect, test } from 'vitest';
import { CookieJar } from '../../../src/cookies/jar.ts';
import { policyHost } from '../../../src/hsts/known-hosts.ts';
import { canonicalHost, isLocalhostName, isLoopback } from '../../../src/util/host.ts';

test.each([
  ['localhost', true, true],
  ['LOCALHOST', true, true],
  ['localhost.', true, true],
  ['app.localhost', true, true],
  ['127.0.0.1', false, true],
  ['127.255.0.3', false, true],
  ['127.1', false, true],
  ['2130706433', false, true],
  ['[::1]', false, true],
  ['[0:0:0:0:0:0:0:1]', false, true],
  ['mylocalhost', false, false],
  ['localhost.example', false, false],
  ['127.example', false, false],
  ['127.0.0.1.example', false, false],
  ['128.0.0.1', false, false],
  ['0.0.0.0', false, false],
  ['10.0.0.1', false, false],
  ['[::2]', false, false],
])('%s', (spelling, isName, isThisMachine) => {
  const host = canonicalHost(spelling)!;
  expect([isLocalhostName(host), isLoopback(host)]).toEqual([isName, isThisMachine]);
  // Those who ask: cookies and HSTS.
  const jar = new CookieJar();
  jar.setCookie('s=1; Secure; HttpOnly', `http://${spelling}:3000/`);
  expect(jar.cookieHeader(`http://${spelling}:4000/`)).toBe(isThisMachine ? 's=1' : '');
  if (isName) expect(policyHost(spelling)).toBeNull();
});
