/** What a client may ask of the owner's cookies, cache, HSTS hosts and credentials: nothing that is not granted by its name. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GRANTS } from '../../../platform/bridge/policy/grants.ts';
import { resolvePolicy } from '../../../platform/bridge/policy/policy.ts';
import type { BridgePolicyInput, ConnectedClient, Grant } from '../../../platform/node/bridge.ts';
import {
  type AbstractCookieJar,
  type CookieJar,
  MemoryCache,
  NetworkAccessManager,
  type NetworkError,
} from '../../../platform/node/index.ts';
import { pair as makePair, rulesOf } from './pair.ts';

const SITE = 'https://a.example/';
const POLICY = { host: 'b.example', expiry: Date.now() + 3_600_000, includeSubDomains: true };

function pair(policy: BridgePolicyInput, options: { cookieJar?: AbstractCookieJar | null } = {}) {
  const both = makePair(policy, new NetworkAccessManager({ cache: new MemoryCache(), ...options }));
  return { ...both, jar: both.manager.cookieJar as CookieJar };
}

/** A call of each method, and what it gives where nothing was done before. */
const CALLS: { readonly [Name in Grant]: readonly [(client: ConnectedClient) => unknown, unknown] } = {
  'cookies.get': [({ cookies }) => cookies.get(SITE), []],
  'cookies.all': [({ cookies }) => cookies.all(), []],
  'cookies.set': [({ cookies }) => cookies.set({ name: 'a', value: '1' }, SITE), true],
  'cookies.clear': [({ cookies }) => cookies.clear(), undefined],
  'cookies.changed': [
    async ({ cookies }) => {
      const changes = cookies.changed();
      const first = changes.next();
      await cookies.set({ name: 'a', value: '1' }, SITE).catch(() => first);
      return (await first).value.cookie.name;
    },
    'a',
  ],
  'cache.size': [({ cache }) => cache.size(), 0],
  'cache.clear': [({ cache }) => cache.clear(), undefined],
  clearAccessCache: [(client) => client.clearAccessCache(), undefined],
  clearConnectionCache: [(client) => client.clearConnectionCache(), undefined],
  strictTransportSecurityHosts: [(client) => client.strictTransportSecurityHosts(), []],
  addStrictTransportSecurityHosts: [(client) => client.addStrictTransportSecurityHosts([POLICY]), undefined],
  explainProxy: [async (client) => (await client.explainProxy(SITE)).tried.length, 1],
};

describe.each(GRANTS)('%s', (name) => {
  const [call, given] = CALLS[name];

  test('is refused where it is not granted, and told to the owner', async () => {
    const others = GRANTS.filter((one) => one !== name && one !== 'cookies.set');
    await using both = pair({ grants: others });
    const error = (await Promise.resolve(call(both.client)).catch((reason) => reason)) as NetworkError;
    expect(error.code).toBe('content-access-denied');
    expect(error.message).toContain(`the method ${name} is not granted (rule grants of its policy)`);
    expect(new Set(rulesOf(both))).toEqual(new Set(['grants']));
  });

  test('does what it says where it is', async () => {
    await using both = pair({ grants: [name, 'cookies.set'] });
    expect(await call(both.client)).toEqual(given);
    expect(both.violations).toEqual([]);
  });
});

test('what is no cookie is the mistake of who says it; what a client lets through, the owner understands', async () => {
  const number = fc.oneof(
    fc.double(),
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, null, undefined),
  );
  const given = fc.record(
    {
      name: fc.string(),
      value: fc.string(),
      domain: fc.constantFrom('', 'a.example', undefined),
      path: fc.constantFrom('', '/', undefined),
      expires: number,
      creationTime: number,
      partitionKey: fc.constantFrom(null, '', undefined),
      sameSite: fc.constantFrom('none', 'None', null, undefined),
      secure: fc.constantFrom(true, null, undefined),
    },
    { requiredKeys: ['name', 'value'] },
  );
  await using both = pair({ grants: ['cookies.set'] });
  await fc.assert(
    fc.asyncProperty(given, async (cookie) => {
      const outcome = await both.client.cookies
        .set(cookie as never, SITE)
        .catch((error: Error) => error.name);
      expect([true, false, 'TypeError']).toContain(outcome);
    }),
    { numRuns: 300 },
  );
  expect(both.violations).toEqual([]);
});

test('every method is counted like a request', async () => {
  await using both = pair({ grants: ['cache.size'], requestsPerSecond: 1, maximumRequests: 1 });
  const calls = await Promise.allSettled([1, 2, 3].map(() => both.client.cache.size()));
  expect(calls.map(({ status }) => status)).toContain('rejected');
  expect(rulesOf(both).every((rule) => rule === 'requestsPerSecond' || rule === 'maximumRequests')).toBe(
    true,
  );
});

describe('cookies', () => {
  const ALL: BridgePolicyInput = {
    grants: ['cookies.get', 'cookies.all', 'cookies.set', 'cookies.clear', 'cookies.changed'],
  };
  const names = (cookies: readonly { readonly name: string }[]): string[] => cookies.map(({ name }) => name);

  test('are those of the manager, as plain data', async () => {
    await using both = pair(ALL);
    await both.client.cookies.set({ name: 'a', value: '1', domain: 'a.example', expires: null }, SITE);
    const [cookie] = await both.client.cookies.get(new URL(`${SITE}path`));
    expect(cookie).toEqual({ ...both.jar.allCookies()[0]! });
    expect(Object.getPrototypeOf(cookie)).toBe(Object.prototype);
    expect(
      await both.client.cookies.set({ name: 'a', value: '', domain: 'a.example', expires: 0 }, SITE),
    ).toBe(false);
    expect(both.jar.allCookies()).toEqual([]);
  });

  test('that are HttpOnly are neither shown, set, told of nor removed, but where the policy shows Set-Cookie', async () => {
    for (const showSetCookie of [false, true]) {
      await using both = pair({ ...ALL, showSetCookie });
      const jar = both.jar;
      const { cookies } = both.client;
      const changes = cookies.changed();
      // Answered in order: the watch has begun.
      await cookies.all();
      jar.setCookie('h=1; HttpOnly', SITE);
      jar.setCookie('s=1', SITE);
      expect((await changes.next()).value.cookie.name).toBe(showSetCookie ? 'h' : 's');
      const shown = showSetCookie ? ['h', 's'] : ['s'];
      expect(names(await cookies.get(SITE))).toEqual(shown);
      expect(names(await cookies.all()).sort()).toEqual(shown);
      expect(await cookies.set({ name: 'n', value: '1', httpOnly: true }, SITE)).toBe(showSetCookie);
      expect(await cookies.set({ name: 'h', value: '2' }, SITE)).toBe(showSetCookie);
      await cookies.clear();
      expect(names(jar.allCookies())).toEqual(showSetCookie ? [] : ['h']);
    }
  });

  test('are those of the origins that the policy lists', async () => {
    await using both = pair({ ...ALL, origins: ['https://www.a.example'] });
    const jar = both.jar;
    const { cookies } = both.client;
    const changes = cookies.changed();
    await cookies.all();
    jar.setCookie('other=1', 'https://b.example/');
    jar.setCookie('sibling=1', 'https://mail.a.example/');
    jar.setCookie('site=1; Domain=a.example', SITE);
    jar.setCookie('own=1', 'https://www.a.example/');
    expect([(await changes.next()).value.cookie.name, (await changes.next()).value.cookie.name]).toEqual([
      'site',
      'own',
    ]);
    expect(names(await cookies.all()).sort()).toEqual(['own', 'site']);
    await expect(cookies.get('https://b.example/#x')).rejects.toMatchObject({ url: 'https://b.example/' });
    await expect(cookies.set({ name: 'x', value: '' }, 'https://b.example/')).rejects.toThrow('rule origins');
    expect(rulesOf(both)).toEqual(['origins', 'origins']);
    await cookies.clear();
    expect(names(jar.allCookies()).sort()).toEqual(['other', 'sibling']);
  });

  const KEPT = {
    secure: ['s=1; Secure', 'https://a.example/'],
    plain: ['p=1', 'http://a.example/'],
    site: ['d=1; Domain=a.example', 'https://www.a.example/'],
    local: ['l=1; Secure', 'http://localhost/'],
    private: ['i=1', 'http://10.0.0.1/'],
  } as const;
  test.each<[policy: BridgePolicyInput, shown: string[]]>([
    [{}, ['d', 'p', 's']],
    [{ addresses: ['localhost', '10.0.0.0/8'] }, ['d', 'i', 'l', 'p', 's']],
    [{ schemes: ['http'] }, ['d', 'p']],
    [{ methods: ['POST'] }, []],
    [{ origins: ['http://a.example'] }, ['d', 'p']],
    [{ origins: ['https://a.example:8443'] }, ['d', 'p', 's']],
    [{ origins: [{ origin: 'https://a.example', methods: ['POST'] }, 'http://www.a.example'] }, ['d']],
    [{ origins: ['http://localhost'] }, ['l']],
  ])('are those that go to a URL which can be asked: %j', async (policy, shown) => {
    await using both = pair({ ...policy, grants: ['cookies.all', 'cookies.clear', 'cookies.changed'] });
    const { jar, client } = both;
    const changes = client.cookies.changed();
    await client.cookies.all();
    for (const [line, url] of Object.values(KEPT)) jar.setCookie(line, url);
    const all = await client.cookies.all();
    const told = await Promise.all(all.map(async () => (await changes.next()).value.cookie));
    expect([names(all).sort(), names(told).sort()]).toEqual(Array(2).fill(shown));
    await client.cookies.clear();
    expect(jar.allCookies()).toHaveLength(Object.keys(KEPT).length - all.length);
  });

  test('that are misspelt are a mistake here; those without a URL one there', async () => {
    await using both = pair(ALL);
    const { cookies } = both.client;
    const misspelt = { name: 'a', value: '1', httponly: true } as never;
    await expect(cookies.set(misspelt, SITE)).rejects.toThrow(
      new TypeError("cookies.set: unknown option 'httponly'; did you mean 'httpOnly'?"),
    );
    await expect(cookies.set({ name: 'a' } as never, SITE)).rejects.toThrow(TypeError);
    await expect(cookies.get('nothing')).rejects.toMatchObject({ name: 'NetworkError' });
    expect(await cookies.all()).toEqual([]);
  });

  test('HttpOnly ones of a jar of one’s own that passes over who asks', async () => {
    const received: string[] = [];
    const cookieJar: AbstractCookieJar = {
      cookiesForUrl: () => [
        { name: 'h', value: '1', httpOnly: true },
        { name: 's', value: '1' },
      ],
      setCookiesFromUrl: (cookies) => received.push(...Array.from(cookies, String)) > 0,
    };
    await using both = pair(ALL, { cookieJar });
    expect(names(await both.client.cookies.get(SITE))).toEqual(['s']);
    expect(await both.client.cookies.set({ name: 'h', value: '2', httpOnly: true }, SITE)).toBe(false);
    expect(received).toEqual([]);
  });

  test('of a jar of one’s own: what it can do', async () => {
    const sent: unknown[] = [];
    const cookieJar: AbstractCookieJar = {
      cookiesForUrl: async () => [{ name: 'a', value: '1' }],
      setCookiesFromUrl: async (cookies, url) => void sent.push(cookies[0]!.name, url),
    };
    await using both = pair(ALL, { cookieJar });
    expect(await both.client.cookies.get(SITE)).toMatchObject([{ name: 'a', value: '1' }]);
    expect(await both.client.cookies.set({ name: 'b', value: '1' }, SITE)).toBe(false);
    expect(sent).toEqual(['b', SITE]);
    await expect(both.client.cookies.all()).rejects.toMatchObject({ capability: 'cookies' });
    await expect(both.client.cookies.changed().next()).rejects.toMatchObject({ capability: 'cookies' });
  });

  test('that no jar keeps are an error that says so', async () => {
    await using both = pair(ALL, { cookieJar: null });
    await expect(both.client.cookies.get(SITE)).rejects.toThrow('no cookie jar');
  });

  test('are told of until the loop is left', async () => {
    await using both = pair(ALL);
    const seen: [string, boolean][] = [];
    const jar = both.jar;
    const changes = both.client.cookies.changed();
    await both.client.cookies.all();
    jar.setCookie('a=1', SITE);
    jar.clear();
    for await (const { cookie, isRemoved } of changes) {
      seen.push([cookie.name, isRemoved]);
      if (isRemoved) break;
    }
    expect(seen).toEqual([
      ['a', false],
      ['a', true],
    ]);
    expect(await changes.next()).toEqual({ done: true, value: undefined });
  });

  test('are told of until the owner goes, with the error that says so', async () => {
    await using both = pair(ALL);
    const changes = both.client.cookies.changed();
    const next = changes.next();
    await both.client.cookies.all();
    both.served.close();
    await expect(next).rejects.toMatchObject({ code: 'operation-canceled' });
    await expect(both.client.cookies.all()).rejects.toMatchObject({ code: 'operation-canceled' });
    await expect(both.client.cookies.changed().next()).rejects.toMatchObject({ code: 'operation-canceled' });
    expect(await changes.next()).toEqual({ done: true, value: undefined });
  });

  test('that nobody reads do not pile up', async () => {
    await using both = pair(ALL);
    const changes = both.client.cookies.changed();
    await both.client.cookies.all();
    const jar = both.jar;
    for (let i = 0; i <= 10_000; i++) jar.setCookie(`a=${i}`, SITE);
    await both.client.cookies.all();
    await expect(changes.next()).rejects.toMatchObject({ code: 'operation-canceled' });
  });
});

test('what is waited for ends when the client is closed', async () => {
  await using both = pair({ grants: ['cookies.all'] });
  const cookies = both.client.cookies.all();
  await both.client.close();
  await expect(cookies).rejects.toMatchObject({ code: 'operation-canceled' });
});

test('HSTS hosts are the manager’s', async () => {
  await using both = pair({ grants: ['addStrictTransportSecurityHosts', 'strictTransportSecurityHosts'] });
  await both.client.addStrictTransportSecurityHosts([POLICY]);
  expect(both.manager.strictTransportSecurityHosts()).toEqual([POLICY]);
  expect(await both.client.strictTransportSecurityHosts()).toEqual([POLICY]);
  await expect(
    both.client.addStrictTransportSecurityHosts([{ ...POLICY, includeSubdomains: true } as never]),
  ).rejects.toThrow(TypeError);
  await both.client.addStrictTransportSecurityHosts([{ ...POLICY, expiry: 0 }]);
  expect(both.manager.strictTransportSecurityHosts()).toEqual([]);
});

test('a policy with a method that there is not is a mistake', () => {
  expect(() => resolvePolicy({ grants: ['cookies.eat' as never] })).toThrow(
    /'grants'.*an array of methods, of cookies\.get/,
  );
});
