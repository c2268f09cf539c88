import { expect, test } from 'vitest';
import { upgradeUrl } from '../../../src/hsts/known-hosts.ts';
import { parseUrl } from '../../../src/util/url.ts';

const known = (host: string): boolean => host === 'known.test';

test.each([
  ['no port', 'http://known.test/a?b#c', 'https://known.test/a?b#c'],
  ['port 80', 'http://known.test:80/', 'https://known.test/'],
  ['port 443 becomes the default', 'http://known.test:443/', 'https://known.test/'],
  ['another port stays', 'http://known.test:8080/a', 'https://known.test:8080/a'],
  ['a name in other case', 'http://KNOWN.test/', 'https://known.test/'],
  ['an unknown host', 'http://other.test/', 'http://other.test/'],
  ['https already', 'https://known.test:8443/', 'https://known.test:8443/'],
  ['https on port 80', 'https://known.test:80/', 'https://known.test:80/'],
  ['another scheme', 'ftp://known.test/', 'ftp://known.test/'],
])('%s: %s', (_name, url, expected) => {
  expect(upgradeUrl(parseUrl(url), known).href).toBe(expected);
});

test('userinfo survives, for the credentials are meant for that host', () => {
  const { username, password, href } = upgradeUrl(parseUrl('http://u:p%40@known.test/a'), known);
  expect([username, password, href]).toEqual(['u', 'p@', 'https://known.test/a']);
});

test('a URL that is not upgraded is the very same value', () => {
  const url = parseUrl('http://other.test/');
  expect(upgradeUrl(url, known)).toBe(url);
});
