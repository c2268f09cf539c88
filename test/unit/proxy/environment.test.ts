import { describe, expect, test } from 'vitest';
import { proxiesOfEnvironment } from '../../../src/proxy/environment.ts';

type Variables = Readonly<Record<string, string>>;

/** @param ignoresCase as on Windows */
function choose(variables: Variables, scheme: 'http' | 'https' = 'http', ignoresCase = false) {
  const same = (name: string): string => (ignoresCase ? name.toUpperCase() : name);
  const read = (name: string): string | undefined =>
    Object.entries(variables).find(([one]) => same(one) === same(name))?.[1];
  const query = { scheme, peerHost: 'origin.test', peerPort: scheme === 'http' ? 80 : 443 };
  return proxiesOfEnvironment(read, {
    ...query,
    url: `${scheme}://origin.test/`,
    protocolTag: scheme,
    attributes: new Map(),
  });
}

const hostsOf = ({ proxies }: ReturnType<typeof choose>) => proxies.map((proxy) => proxy?.host ?? null);

describe('the variable that counts', () => {
  const all: Variables = {
    http_proxy: 'http-lower',
    HTTP_PROXY: 'http-upper',
    https_proxy: 'https-lower',
    HTTPS_PROXY: 'https-upper',
    all_proxy: 'all-lower',
    ALL_PROXY: 'all-upper',
  };
  test.each([
    ['http', ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY']],
    ['https', ['https_proxy', 'HTTPS_PROXY', 'all_proxy', 'ALL_PROXY']],
  ] as const)('for %s is the first of %j that says something', (scheme, order) => {
    const variables = { ...all };
    for (const name of order) {
      const choice = choose(variables, scheme);
      expect(choice.rule).toBe(`environment: ${name}`);
      expect(hostsOf(choice)).toEqual([all[name]]);
      Object.assign(variables, { [name]: '' });
    }
    expect(choose(variables, scheme)).toEqual({
      proxies: [null],
      rule: `environment: neither ${scheme}_proxy nor all_proxy is set`,
    });
  });

  test('among exceptions is no_proxy before NO_PROXY', () => {
    const proxy = { all_proxy: 'p' };
    expect(choose({ ...proxy, NO_PROXY: 'origin.test' }).rule).toBe('no_proxy: origin.test matches');
    expect(hostsOf(choose({ ...proxy, no_proxy: 'other.test', NO_PROXY: 'origin.test' }))).toEqual(['p']);
    expect(hostsOf(choose({ ...proxy, no_proxy: '', NO_PROXY: 'origin.test' }))).toEqual([null]);
  });
});

describe('in a CGI program, where HTTP_PROXY is what a visitor has said,', () => {
  const cgi = { REQUEST_METHOD: 'GET', HTTP_PROXY: 'evil.test' };
  test.each<[string, Variables, 'http' | 'https', boolean, string | null]>([
    ['it does not count', cgi, 'http', false, null],
    ['nor by another name on Windows', cgi, 'http', true, null],
    ['what is behind it does', { ...cgi, all_proxy: 'good.test' }, 'http', false, 'good.test'],
    ['on Windows, too', { ...cgi, ALL_PROXY: 'good.test' }, 'http', true, 'good.test'],
    ['http_proxy does', { ...cgi, http_proxy: 'good.test' }, 'http', false, 'good.test'],
    [
      'HTTPS_PROXY does: no field of HTTP has that name',
      { ...cgi, HTTPS_PROXY: 'good.test' },
      'https',
      true,
      'good.test',
    ],
    ['an empty method is one, too', { ...cgi, REQUEST_METHOD: '' }, 'http', false, null],
  ])('%s', (_, variables, scheme, ignoresCase, host) => {
    expect(hostsOf(choose(variables, scheme, ignoresCase))).toEqual([host]);
  });
});

test('a variable that names no proxy is told by its name, without its value', () => {
  expect(() => choose({ http_proxy: 'ftp://user:s3cret@p' })).toThrow(
    /^the environment variable http_proxy(?!.*s3cret)/,
  );
});
