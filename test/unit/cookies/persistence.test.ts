import { afterEach, describe, expect, test, vi } from 'vitest';
import { publicSuffixList } from '../../../platform/node/public-suffix.ts';
import { CookieJar, type CookieJarOptions } from '../../../src/cookies/jar.ts';
import type { CookieStorageOptions } from '../../../src/cookies/persistence.ts';
import type { StoredValue } from '../../../src/storage/key-value-store.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { catching } from '../../support/catching.ts';
import { FakeClock } from '../../support/fixtures.ts';
import { NOW, pairs } from './fixtures.ts';

afterEach(() => vi.unstubAllGlobals());

const SITE = 'https://www.example.com/';
const HOUR = 60 * 60 * 1000;

type Changes = ReadonlyMap<string, StoredValue | null>;

/** A store that counts, fails when it is told to, and tells every jar on it what the others write. */
class SharedStore extends MemoryStore {
  readonly batches: Changes[] = [];
  isBroken = false;
  readonly #listeners = new Set<(changes: Changes) => void>();

  override async apply(changes: Changes): Promise<void> {
    if (this.isBroken) throw new Error('disk full');
    this.batches.push(changes);
    await super.apply(changes);
  }

  /** A view of this store, as another process has it: hears of what is written through the other views. */
  view(): MemoryStore {
    const shared = this;
    let listener: ((changes: Changes) => void) | null = null;
    return new (class extends MemoryStore {
      override load = () => shared.load();
      override async apply(changes: Changes): Promise<void> {
        await shared.apply(changes);
        for (const other of shared.#listeners) if (other !== listener) other(changes);
      }
      watch(tell: (changes: Changes) => void): () => void {
        listener = tell;
        shared.#listeners.add(tell);
        return () => shared.#listeners.delete(tell);
      }
    })();
  }
}

async function open(store: MemoryStore, options: CookieJarOptions & CookieStorageOptions = {}) {
  const clock = new FakeClock(NOW);
  const faults: string[] = [];
  const onFault = (fault: Error) => faults.push(fault.message);
  const jar = await CookieJar.open(store, { publicSuffixes: publicSuffixList, clock, onFault, ...options });
  return { jar, clock, faults };
}

describe('what a later jar finds', () => {
  test('cookies with an expiry, exactly as they were and in their order', async () => {
    const store = new MemoryStore();
    const { jar, clock } = await open(store);
    jar.setCookie('a=1; Max-Age=60', SITE);
    jar.setCookie('b=2; Max-Age=60; Domain=example.com; Path=/x; Secure; HttpOnly; SameSite=Strict', SITE);
    clock.advance(1);
    jar.setCookie('c=3; Max-Age=60; Secure; Partitioned', SITE, { topLevelSite: 'https://top.example' });
    jar.setCookie('session=1', SITE);
    const stored = jar.allCookies().filter(({ expires }) => expires !== null);
    await jar.close();
    expect((await open(store)).jar.allCookies()).toEqual(stored);
  });

  test('not what was deleted, replaced by a session cookie, evicted or cleared', async () => {
    const store = new MemoryStore();
    const { jar } = await open(store, { limits: { perDomain: 3 } });
    for (const name of ['evicted', 'a', 'b', 'c']) jar.setCookie(`${name}=1; Max-Age=60; Secure`, SITE);
    jar.setCookie('a=; Max-Age=0; Secure', SITE);
    jar.setCookie('b=2', SITE);
    await jar.flush();
    expect(pairs((await open(store)).jar)).toEqual(['c=1']);
    jar.clear();
    await jar.flush();
    expect((await store.load()).size).toBe(0);
  });

  test('session cookies only when asked, and not those of a jar that asked before', async () => {
    const store = new MemoryStore();
    const { jar } = await open(store, { persistSessionCookies: true });
    jar.setCookie('session=1', SITE);
    await jar.close();
    expect(pairs((await open(store, { persistSessionCookies: true })).jar)).toEqual(['session=1']);
    const { jar: forgetful } = await open(store);
    expect(forgetful.allCookies()).toEqual([]);
    await forgetful.close();
    expect((await store.load()).size).toBe(0);
  });

  test('not what has expired meanwhile, which is removed', async () => {
    const store = new MemoryStore();
    const { jar } = await open(store);
    jar.setCookie('a=1; Max-Age=60', SITE);
    await jar.close();
    const later = await CookieJar.open(store, { clock: new FakeClock(NOW + 60_000) });
    expect(later.allCookies()).toEqual([]);
    await later.close();
    expect((await store.load()).size).toBe(0);
  });

  test('who was used longest ago is remembered to the hour', async () => {
    const store = new SharedStore();
    const { jar, clock } = await open(store);
    for (const name of ['a', 'b', 'c']) jar.setCookie(`${name}=1; Max-Age=99999; Path=/${name}`, SITE);
    await jar.flush();
    clock.advance(HOUR - 1);
    jar.cookieHeader(`${SITE}a`);
    await jar.flush();
    expect(store.batches).toHaveLength(1);
    clock.advance(1);
    jar.cookieHeader(`${SITE}a`);
    await jar.close();
    expect(store.batches).toHaveLength(2);

    const { jar: next } = await open(store, { limits: { perDomain: 3 } });
    next.setCookie('d=1', SITE, {});
    next.setCookie('e=1', SITE, {});
    expect(pairs(next)).toEqual(['a=1', 'd=1', 'e=1']);
  });
});

describe('writing', () => {
  test('is batched, and a session cookie writes nothing', async () => {
    const store = new SharedStore();
    const { jar } = await open(store);
    for (let i = 0; i < 10; i++) jar.setCookie(`a${i}=1; Max-Age=60`, SITE);
    jar.setCookie('a0=2; Max-Age=60', SITE);
    jar.setCookie('session=1', SITE);
    jar.setCookie('session=; Max-Age=0', SITE);
    await jar.flush();
    expect(store.batches.map(({ size }) => size)).toEqual([10]);
  });

  test('a store that fails is reported, holds nothing up, and gets it later', async () => {
    const store = new SharedStore();
    const { jar, faults } = await open(store);
    store.isBroken = true;
    jar.setCookie('a=1; Max-Age=60', SITE);
    await jar.flush();
    expect(jar.cookieHeader(SITE)).toBe('a=1');
    expect(faults).toHaveLength(1);
    store.isBroken = false;
    jar.setCookie('b=2; Max-Age=60', SITE);
    await jar.flush();
    expect(store.batches.map(({ size }) => size)).toEqual([2]);
  });

  test('a closed jar goes on in memory, and writes no more', async () => {
    const store = new SharedStore();
    let jar: CookieJar;
    {
      await using opened = (await open(store)).jar;
      jar = opened;
      jar.setCookie('a=1; Max-Age=60', SITE);
    }
    jar.setCookie('b=2; Max-Age=60', SITE);
    await jar.flush();
    expect(jar.cookieHeader(SITE)).toBe('a=1; b=2');
    expect(store.batches).toHaveLength(1);
  });
});

describe('two jars on one place', () => {
  test('merge cookie by cookie, and hear of each other', async () => {
    const store = new SharedStore();
    const [one, other] = [(await open(store.view())).jar, (await open(store.view())).jar];
    one.setCookie('a=1; Max-Age=60', SITE);
    other.setCookie('b=2; Max-Age=60', SITE);
    await Promise.all([one.flush(), other.flush()]);
    for (const jar of [one, other, (await open(store)).jar]) expect(pairs(jar)).toEqual(['a=1', 'b=2']);

    one.setCookie('b=3; Max-Age=60', SITE);
    one.setCookie('a=; Max-Age=0', SITE);
    await one.flush();
    expect(pairs(other)).toEqual(['b=3']);
    expect(store.batches).toHaveLength(3);
  });

  test('a session cookie of one is not deleted by the other', async () => {
    const store = new SharedStore();
    const [one, other] = [(await open(store.view())).jar, (await open(store.view())).jar];
    one.setCookie('a=1; Max-Age=60', SITE);
    await one.flush();
    other.setCookie('a=session', SITE);
    await other.flush();
    expect(pairs(one)).toEqual([]);
    one.setCookie('a=2', SITE);
    other.setCookie('a=; Max-Age=0', SITE);
    await Promise.all([one.flush(), other.flush()]);
    expect(pairs(one)).toEqual(['a=2']);
  });
});

test('what is no cookie is skipped and reported once, and stays where it is', async () => {
  const store = new MemoryStore();
  const good = {
    value: '1',
    expires: NOW + 1,
    secure: false,
    httpOnly: false,
    sameSite: 'default',
    creationTime: 1,
    lastAccessTime: 1,
  };
  const key = (...parts: unknown[]) => JSON.stringify(parts);
  const bad: [string, StoredValue][] = [
    ['not json', good],
    [key('', 'example.com', '/'), good],
    [key('', 'example.com', '/', 1), good],
    [key('', 'EXAMPLE.com', '/', 'a'), good],
    [key('', '.co.uk', '/', 'a'), good],
    [key('', 'example.com', 'x', 'a'), good],
    [key('https://top.test', 'example.com', '/', 'a'), good],
    [key('', 'example.com', '/', '__Host-a'), good],
    [key('', 'example.com', '/', 'b'), 'text'],
    [key('', 'example.com', '/', 'c'), [good]],
    [key('', 'example.com', '/', 'd'), { ...good, value: 1 }],
    [key('', 'example.com', '/', 'e'), { ...good, value: 'x\r\ny' }],
    [key('', 'example.com', '/', 'f'), { ...good, expires: 'soon' }],
    [key('', 'example.com', '/', 'g'), { ...good, sameSite: 'Lax' }],
    [key('', 'example.com', '/', 'h'), { ...good, secure: 0 }],
    [key('', 'example.com', '/', 'i'), { ...good, lastAccessTime: null }],
  ];
  await store.apply(new Map([...bad, [key('', 'example.com', '/', 'good'), good]]));
  const { jar, faults } = await open(store);
  expect(pairs(jar)).toEqual(['good=1']);
  expect(faults).toEqual(['cookies: 16 stored cookies are not readable and were skipped']);
  await jar.close();
  expect((await store.load()).size).toBe(bad.length + 1);
});

test('an onFault that throws is in nobody’s way', async () => {
  const uncaught: unknown[] = [];
  vi.stubGlobal('queueMicrotask', catching(uncaught));
  const store = new MemoryStore();
  await store.apply(new Map([['no cookie', 1]]));
  const error = new Error('of the application');
  const { jar } = await open(store, {
    onFault: () => {
      throw error;
    },
  });
  expect([pairs(jar), uncaught]).toEqual([[], [error]]);
});

test('a watcher is told what another process changes, too; one that throws is in nobody’s way', async () => {
  const uncaught: unknown[] = [];
  vi.stubGlobal('queueMicrotask', catching(uncaught));
  const shared = new SharedStore();
  const { jar: one } = await open(shared.view());
  const { jar: other } = await open(shared.view());
  const error = new Error('of the application');
  one.watch(() => {
    throw error;
  });
  const told: string[] = [];
  const stop = one.watch(({ cookie, isRemoved }) =>
    told.push(`${isRemoved ? '-' : '+'}${cookie.name}=${cookie.value}`),
  );
  one.setCookie('own=1', SITE);
  other.setCookie('a=1; Max-Age=60', SITE);
  await other.flush();
  other.setCookie('a=2; Max-Age=60', SITE);
  await other.flush();
  other.clear();
  await other.flush();
  expect([told, uncaught]).toEqual([['+own=1', '+a=1', '+a=2', '-a=2'], Array(4).fill(error)]);
  stop();
  one.clear();
  expect(told).toHaveLength(4);
});

test('open makes a jar of the class that it is called on', async () => {
  class Mine extends CookieJar {}
  expect(await Mine.open(new MemoryStore())).toBeInstanceOf(Mine);
});

describe('noting a use writes nothing but the use', () => {
  /** What two processes share, who do not hear of each other. */
  function views() {
    const map = new Map<string, StoredValue>();
    const view = () => ({
      load: async () => new Map(map),
      apply: async (changes: Changes) => {
        for (const [key, value] of changes) value === null ? map.delete(key) : map.set(key, value);
      },
      close: async () => {},
    });
    return { map, view };
  }

  test('so a cookie that another process renewed, or removed, stays as it is', async () => {
    const { map, view } = views();
    const clock = new FakeClock(NOW);
    const one = await CookieJar.open(view(), { clock });
    for (const name of ['renewed', 'removed']) one.setCookie(`${name}=OLD; Max-Age=86400`, SITE);
    await one.flush();
    const other = await CookieJar.open(view(), { clock });
    other.setCookie('renewed=NEW; Max-Age=86400', SITE);
    other.setCookie('removed=; Max-Age=0', SITE);
    await other.flush();
    clock.advance(HOUR + 1);
    one.cookieHeader(SITE);
    await one.flush();
    const later = await CookieJar.open(view(), { clock });
    expect(pairs(later)).toEqual(['renewed=NEW']);
    await later.flush();
    expect([...map.keys()].filter((key) => key.includes('removed'))).toEqual([]);
  });

  test('and it is known after a restart who was used last', async () => {
    const { view } = views();
    const clock = new FakeClock(NOW);
    const limits = { total: 2 };
    const one = await CookieJar.open(view(), { clock, limits });
    one.setCookie('a=1; Max-Age=86400', SITE);
    clock.advance(1);
    one.setCookie('b=1; Path=/b; Max-Age=86400', SITE);
    clock.advance(HOUR + 1);
    one.cookieHeader(SITE);
    await one.flush();
    const later = await CookieJar.open(view(), { clock, limits });
    later.setCookie('c=1', SITE);
    expect(pairs(later)).toEqual(['a=1', 'c=1']);
  });
});

test('two jars over one store object hear each other', async () => {
  const store = new MemoryStore();
  const one = await CookieJar.open(store);
  const other = await CookieJar.open(store);
  one.setCookie('a=1; Max-Age=86400', SITE);
  await one.flush();
  expect(other.cookieHeader(SITE)).toBe('a=1');
  other.clear();
  await other.flush();
  expect(one.cookieHeader(SITE)).toBe('');
});
