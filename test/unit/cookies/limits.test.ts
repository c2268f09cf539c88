import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { publicSuffixList } from '../../../platform/node/public-suffix.ts';
import { CookieJar } from '../../../src/cookies/jar.ts';
import { DEFAULT_COOKIE_LIMITS } from '../../../src/cookies/limits.ts';
import { parseSetCookie } from '../../../src/cookies/parse.ts';
import { serializeCookie } from '../../../src/cookies/serialize.ts';
import { fromToughCookieJson, toToughCookieJson } from '../../../src/cookies/tough-cookie.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { FakeClock } from '../../support/fixtures.ts';
import { DAY, makeJar, NOW, pairs } from './fixtures.ts';

const SITE = 'https://example.com/';
const names = (count: number, prefix = 'a') => Array.from({ length: count }, (_, i) => `${prefix}${i}`);

describe('the defaults', () => {
  test('180 of a site over all its hosts, host-only or not, of any path', () => {
    const { jar } = makeJar();
    for (const name of names(100)) jar.setCookie(`${name}=1; Path=/${name}`, SITE);
    for (const name of names(100, 'b')) jar.setCookie(`${name}=1; Domain=example.com`, SITE);
    expect(jar.allCookies()).toHaveLength(180);
    for (const name of names(10)) jar.setCookie(`${name}=1`, 'https://example.org/');
    expect(jar.allCookies()).toHaveLength(190);
    for (const name of names(500, 'www')) jar.setCookie('a=1', `https://${name}.example.com/`);
    expect(jar.allCookies()).toHaveLength(190);
    expect(jar.cookiesForUrl('https://example.org/')).toHaveLength(10);
  });

  test('180 of a site that comes back from a store', async () => {
    const store = new MemoryStore();
    const parts = { publicSuffixes: publicSuffixList, clock: new FakeClock(NOW) };
    const all = await CookieJar.open(store, { ...parts, limits: { perDomain: 1000 } });
    for (const name of names(300)) all.setCookie('a=1; Max-Age=1000', `https://${name}.example.com/`);
    await all.flush();
    const jar = await CookieJar.open(store, parts);
    expect(jar.allCookies()).toHaveLength(180);
  });

  test('without a list of public suffixes each host is a site, so that none pays for another', () => {
    const jar = new CookieJar();
    for (const host of ['a.co.uk', 'b.co.uk'])
      for (const name of names(200)) jar.setCookie(`${name}=1`, `https://${host}/`);
    expect(jar.allCookies()).toHaveLength(360);
  });

  test('3000 in all', () => {
    const { jar } = makeJar();
    for (let i = 0; i < 3100; i++) jar.setCookie(`a=${i}`, `https://host${i % 100}.test${i}.com/`);
    expect(jar.allCookies()).toHaveLength(3000);
    expect(pairs(jar)).not.toContain('a=99');
    expect(pairs(jar)).toContain('a=100');
  });

  test('4096 bytes of name and value, of whatever origin', () => {
    const { jar } = makeJar();
    const value = 'v'.repeat(4095);
    expect(jar.setCookie(`a=${value}`, SITE)).toBe(true);
    expect(jar.setCookie(`ab=${value}`, SITE)).toBe(false);
    expect(jar.setCookiesFromUrl([{ name: 'ab', value }], SITE)).toBe(false);
    expect(jar.insertCookie({ name: 'ab', value, domain: 'example.com' })).toBe(false);
  });

  test('8 KiB of a Cookie field', () => {
    const { jar } = makeJar();
    for (const name of names(100)) jar.setCookie(`${name}=${'v'.repeat(1000)}`, SITE);
    jar.setCookie('small=1', SITE);
    const header = jar.cookieHeader(SITE);
    expect(header.length).toBeLessThanOrEqual(8192);
    expect(header.split('; ')).toHaveLength(9);
    expect(header).toMatch(/; small=1$/);
    expect(jar.cookiesForUrl(SITE)).toHaveLength(101);
  });
});

test('a limit that is undefined is the default', () => {
  const { jar } = makeJar({ limits: { perDomain: undefined, total: 7 } as never });
  expect(jar.limits).toEqual({ ...DEFAULT_COOKIE_LIMITS, total: 7 });
});

test.each([{ total: Number.NaN }, { total: -1 }, { total: '5' }, { total: null }, { totals: 5 }])(
  '%j is a TypeError',
  (limits) => {
    expect(() => makeJar({ limits: limits as never })).toThrow(TypeError);
  },
);

test('a lifetime without limit ends with what a date can say, and can be stored and written', () => {
  const { jar } = makeJar({ limits: { lifetime: Number.POSITIVE_INFINITY } });
  const latest = Date.UTC(9999, 11, 31, 23, 59, 59);
  jar.setCookie(`a=1; Max-Age=${'9'.repeat(400)}`, SITE);
  jar.setCookie('b=1; Max-Age=99999999999999', SITE);
  jar.insertCookie({ name: 'c', value: '1', domain: 'example.com', expires: 1e300 });
  const cookies = jar.allCookies();
  expect(cookies.map(({ expires }) => expires)).toEqual([latest, latest, latest]);
  for (const cookie of cookies) {
    expect(parseSetCookie(serializeCookie(cookie), NOW, jar.limits)?.expires).toBe(latest);
  }
  const { jar: other } = makeJar({ limits: jar.limits });
  for (const cookie of fromToughCookieJson(toToughCookieJson(cookies), NOW)) other.insertCookie(cookie);
  expect(other.allCookies()).toEqual(cookies);
});

test('an expiry that is no time is none: such a cookie lives as long as the session', () => {
  const { jar } = makeJar();
  jar.insertCookie({ name: 'a', value: '1', domain: 'example.com', expires: Date.parse('soon') });
  expect(jar.allCookies()).toMatchObject([{ expires: null }]);
});

describe('who has to go from a domain (RFC 6265bis §5.7)', () => {
  /** What is left of a domain that may have two, after a third has come. */
  function left(lines: string[], use: (jar: ReturnType<typeof makeJar>) => void = () => {}): string[] {
    const made = makeJar({ limits: { perDomain: 2 } });
    for (const line of lines.slice(0, -1)) made.jar.setCookie(line, SITE);
    use(made);
    made.jar.setCookie(lines.at(-1)!, SITE);
    return made.jar.allCookies().map(({ name }) => name);
  }

  test('the one that was set first, when none was used', () => {
    expect(left(['a=1', 'b=1', 'c=1'])).toEqual(['b', 'c']);
  });

  test('the one that was used longest ago', () => {
    const use = ({ jar }: ReturnType<typeof makeJar>) => jar.cookieHeader(`${SITE}x`);
    expect(left(['a=1; Path=/x', 'b=1; Path=/y', 'c=1; Path=/'], use)).toEqual(['a', 'c']);
  });

  test('replacing counts as use', () => {
    expect(left(['a=1', 'b=1', 'a=2', 'c=1'])).toEqual(['a', 'c']);
  });

  test('one that is not Secure before one that is', () => {
    expect(left(['a=1; Secure', 'b=1', 'c=1; Secure'])).toEqual(['a', 'c']);
  });

  test('even if that is the new one', () => {
    expect(left(['a=1; Secure', 'b=1; Secure', 'c=1'])).toEqual(['a', 'b']);
  });

  test('an expired one before all', () => {
    const wait = ({ clock }: ReturnType<typeof makeJar>) => clock.advance(60_000);
    expect(left(['a=1', 'b=1; Secure; Max-Age=60', 'c=1'], wait)).toEqual(['a', 'c']);
  });

  test('another site is left alone, below the same public suffix too', () => {
    const { jar } = makeJar({ limits: { perDomain: 2 } });
    for (const name of names(3)) jar.setCookie(`${name}=1`, 'https://a.github.io/');
    for (const name of names(3)) jar.setCookie(`${name}=1`, 'https://b.github.io/');
    expect(jar.allCookies()).toHaveLength(4);
  });
});

describe('who has to go from the jar', () => {
  test('an expired one, then the one that was used longest ago, Secure or not', () => {
    const { jar, clock } = makeJar({ limits: { total: 3 } });
    jar.setCookie('secure=1; Secure', 'https://a.test/');
    jar.setCookie('short=1; Max-Age=60', 'https://b.test/');
    jar.setCookie('plain=1', 'https://c.test/');
    clock.advance(60_000);
    jar.setCookie('new=1', 'https://d.test/');
    expect(pairs(jar)).toEqual(['new=1', 'plain=1', 'secure=1']);
    jar.cookieHeader('https://c.test/');
    jar.setCookie('newer=1', 'https://e.test/');
    expect(pairs(jar)).toEqual(['new=1', 'newer=1', 'plain=1']);
  });

  test('is as exact as a list that is sorted each time', () => {
    const action = fc.record({ site: fc.nat(30), kind: fc.constantFrom('set', 'set', 'use', 'delete') });
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        const { jar } = makeJar({ limits: { total: 8 } });
        let model: number[] = [];
        for (const { site, kind } of actions) {
          const url = `https://host${site}.test/`;
          const isThere = model.includes(site);
          if (kind === 'set' || (kind === 'use' && isThere))
            model = [...model.filter((one) => one !== site), site].slice(-8);
          if (kind === 'set') jar.setCookie(`a=${site}`, url);
          else if (kind === 'use') jar.cookieHeader(url);
          else {
            jar.setCookie('a=; Max-Age=0', url);
            model = model.filter((one) => one !== site);
          }
        }
        expect(pairs(jar)).toEqual(model.map((site) => `a=${site}`).sort());
      }),
      { numRuns: 100 },
    );
  });
});

test('a jar without limits keeps everything', () => {
  const { jar } = makeJar({
    limits: { perDomain: Number.POSITIVE_INFINITY, total: Number.POSITIVE_INFINITY },
  });
  for (const name of names(5000)) jar.setCookie(`${name}=1`, SITE);
  expect(jar.allCookies()).toHaveLength(5000);
});

test('the lifetime is a limit too', () => {
  const { jar } = makeJar({ limits: { lifetime: DAY } });
  jar.setCookie('a=1; Max-Age=99999999', SITE);
  expect(jar.allCookies()[0]).toMatchObject({ expires: NOW + DAY });
});
