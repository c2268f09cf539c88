import { describe, expect, test, vi } from 'vitest';
import { MAXIMUM_KNOWN_HOSTS } from '../../../src/hsts/known-hosts.ts';
import { StrictTransportSecurity } from '../../../src/hsts/strict-transport-security.ts';
import type { StoredValue } from '../../../src/storage/key-value-store.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';

type Changes = ReadonlyMap<string, StoredValue | null>;

const NOW = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const stored = (expiry: number, includeSubDomains = false) => ({ expiry, includeSubDomains });
const policy = (host: string, expiry = NOW + DAY, includeSubDomains = false) => ({
  host,
  expiry,
  includeSubDomains,
});

/** A memory store that can be told of changes made elsewhere, and that counts. */
class ObservedStore extends MemoryStore {
  batches = 0;
  #listener: ((changes: Changes) => void) | null = null;

  override apply(changes: Changes): Promise<void> {
    this.batches++;
    return super.apply(changes);
  }

  watch(listener: (changes: Changes) => void): () => void {
    this.#listener = listener;
    return () => {
      this.#listener = null;
    };
  }

  changeElsewhere(...changes: [string, StoredValue | null][]): void {
    this.#listener?.(new Map(changes));
  }
}

async function setup(content: Record<string, StoredValue> = {}) {
  const clock = { time: NOW, now: () => clock.time };
  const faults: Error[] = [];
  const store = new ObservedStore();
  await store.apply(new Map(Object.entries(content)));
  store.batches = 0;
  const security = new StrictTransportSecurity({ clock });
  const enable = (): Promise<void> => security.enableStore(store, (fault) => faults.push(fault));
  const names = () => security.hosts().map(({ host }) => host);
  return { clock, faults, store, security, names, enable };
}

describe('attaching a store (as in Qt: memory wins, then the store is taken in)', () => {
  test('memory over store, both ways', async () => {
    const { store, security } = await setup({
      'both.test': stored(NOW + 1, true),
      'stored.test': stored(NOW + 2),
    });
    security.addHosts([policy('both.test'), policy('memory.test')]);
    await security.enableStore(store);
    await security.flush();
    const all = [policy('stored.test', NOW + 2), policy('both.test'), policy('memory.test')];
    expect(security.hosts()).toEqual(all);
    expect(new Map(await store.load())).toEqual(
      new Map(all.map(({ host, expiry, includeSubDomains }) => [host, { expiry, includeSubDomains }])),
    );
  });

  test('a store that is full does not push out what memory knows', async () => {
    const hosts = Array.from({ length: MAXIMUM_KNOWN_HOSTS }, (_, i) => `stored${i}.test`);
    const { store, security } = await setup(
      Object.fromEntries(hosts.map((host) => [host, stored(NOW + DAY)])),
    );
    security.addHosts([policy('memory.test')]);
    await security.enableStore(store);
    await security.flush();
    const kept = await store.load();
    expect(security.shouldUpgrade('memory.test')).toBe(true);
    expect([kept.size, kept.has('memory.test'), kept.has('stored0.test')]).toEqual([
      MAXIMUM_KNOWN_HOSTS,
      true,
      false,
    ]);
  });

  test('what has expired is evicted, and what memory has let expire does not win', async () => {
    const { clock, store, security, names } = await setup({
      'old.test': stored(NOW),
      'renewed.test': stored(NOW + DAY),
    });
    security.addHosts([policy('renewed.test', NOW + 5)]);
    clock.time += 5;
    await security.enableStore(store);
    await security.flush();
    expect(names()).toEqual(['renewed.test']);
    expect([...(await store.load()).keys()]).toEqual(['renewed.test']);
  });

  test.each<[string, string, StoredValue]>([
    ['no object', 'a.test', 1],
    ['no expiry', 'a.test', { includeSubDomains: true }],
    ['an expiry that is no number', 'a.test', { expiry: '9', includeSubDomains: true }],
    ['a flag that is none', 'a.test', { expiry: NOW + DAY, includeSubDomains: 1 }],
    ['a name that is not canonical', 'A.test', stored(NOW + DAY)],
    ['an IP address', '192.0.2.1', stored(NOW + DAY)],
  ])('a damaged record is removed: %s', async (_name, host, value) => {
    const { store, security, names } = await setup({ [host]: value });
    await security.enableStore(store);
    await security.flush();
    expect(names()).toEqual([]);
    expect((await store.load()).size).toBe(0);
  });

  test('ready is there to wait for until the store is loaded', async () => {
    const { store, security } = await setup({ 'a.test': stored(NOW + DAY) });
    expect(security.ready).toBeNull();
    const enabled = security.enableStore(store);
    expect(security.shouldUpgrade('a.test')).toBe(false);
    await security.ready;
    expect(security.shouldUpgrade('a.test')).toBe(true);
    expect(security.ready).toBeNull();
    await enabled;
  });

  test('what is noted while the store loads is newer than the store', async () => {
    const { store, security, names } = await setup({
      'gone.test': stored(NOW + DAY),
      'changed.test': stored(NOW + DAY, true),
    });
    const enabled = security.enableStore(store);
    security.note(['max-age=0'], 'gone.test');
    security.note(['max-age=60'], 'changed.test');
    await enabled;
    await security.flush();
    expect(security.hosts()).toEqual([policy('changed.test', NOW + 60_000)]);
    expect(await store.load()).toEqual(new Map([['changed.test', stored(NOW + 60_000)]]));
    expect(names()).toEqual(['changed.test']);
  });

  test('a store that cannot be loaded is reported and does not hold requests up', async () => {
    const { faults, store, security, enable } = await setup();
    store.load = () => Promise.reject(new Error('no'));
    await enable();
    expect(faults).toHaveLength(1);
    expect(security.ready).toBeNull();
  });

  test('a store that was detached while it loaded is not taken in', async () => {
    const { store, security, names } = await setup({ 'a.test': stored(NOW + DAY) });
    const enabled = security.enableStore(store);
    await security.disableStore();
    await enabled;
    expect(names()).toEqual([]);
    expect(security.storeEnabled).toBe(false);
  });

  test('another store takes the place of the first', async () => {
    const { store, security } = await setup({ 'a.test': stored(NOW + DAY) });
    await security.enableStore(store);
    security.note(['max-age=60'], 'first.test');
    const second = new MemoryStore();
    await security.enableStore(second);
    expect([...(await store.load()).keys()]).toEqual(['a.test', 'first.test']);
    security.note(['max-age=60'], 'b.test');
    await security.flush();
    expect([...(await second.load()).keys()]).toEqual(['a.test', 'first.test', 'b.test']);
    expect([...(await store.load()).keys()]).toEqual(['a.test', 'first.test']);
  });
});

describe('with a store', () => {
  test('every change is written, by host', async () => {
    const { store, security } = await setup({ 'kept.test': stored(NOW + DAY) });
    await security.enableStore(store);
    security.note(['max-age=60; includeSubDomains'], 'a.test');
    security.addHosts([policy('b.test'), policy('kept.test', NOW)]);
    await security.flush();
    expect(await store.load()).toEqual(
      new Map([
        ['a.test', stored(NOW + 60_000, true)],
        ['b.test', stored(NOW + DAY)],
      ]),
    );
    security.note(['max-age=0'], 'b.test');
    await security.flush();
    expect([...(await store.load()).keys()]).toEqual(['a.test']);
  });

  test('an expiry that moves with every response is written once per hundredth of the age', async () => {
    const { clock, store, security } = await setup();
    await security.enableStore(store);
    for (let second = 0; second < 100; second++) {
      security.note(['max-age=1000'], 'a.test');
      await security.flush();
      expect(security.hosts()[0]!.expiry).toBe(clock.time + 1_000_000);
      expect(((await store.load()).get('a.test') as { expiry: number }).expiry).toBeGreaterThan(
        clock.time + 990_000,
      );
      clock.time += 1000;
    }
    expect(store.batches).toBeLessThanOrEqual(11);
  });

  test('max-age=0 from a host that is not known writes nothing', async () => {
    const { store, security } = await setup();
    await security.enableStore(store);
    security.note(['max-age=0'], 'a.test');
    await security.flush();
    expect(store.batches).toBe(0);
  });

  test('changes made elsewhere are taken in, and not written again', async () => {
    const { store, security, names } = await setup({ 'a.test': stored(NOW + DAY) });
    await security.enableStore(store);
    store.changeElsewhere(['a.test', null], ['b.test', stored(NOW + DAY)]);
    await security.flush();
    expect(names()).toEqual(['b.test']);
    expect(store.batches).toBe(0);
  });

  test('a change of our own that is on its way wins over one made elsewhere', async () => {
    const { store, security, names } = await setup();
    await security.enableStore(store);
    security.note(['max-age=60'], 'a.test');
    store.changeElsewhere(['a.test', null]);
    expect(names()).toEqual(['a.test']);
  });

  test('the host that the cap pushes out leaves the store too', async () => {
    const { store, security } = await setup();
    await security.enableStore(store);
    const hosts = Array.from({ length: MAXIMUM_KNOWN_HOSTS + 1 }, (_, i) => policy(`host-${i}.test`));
    security.addHosts(hosts);
    await security.flush();
    const content = await store.load();
    expect(content.size).toBe(MAXIMUM_KNOWN_HOSTS);
    expect(content.has('host-0.test')).toBe(false);
  });

  test('disabling writes what is pending, keeps the hosts, and leaves the store alone from then on', async () => {
    const { store, security, names } = await setup();
    await security.enableStore(store);
    expect(security.storeEnabled).toBe(true);
    security.note(['max-age=60'], 'a.test');
    await security.disableStore();
    security.note(['max-age=60'], 'b.test');
    store.changeElsewhere(['c.test', stored(NOW + DAY)]);
    await security.flush();
    expect(names()).toEqual(['a.test', 'b.test']);
    expect([...(await store.load()).keys()]).toEqual(['a.test']);
  });

  test('disabling one store leaves another one enabled', async () => {
    const { store, security } = await setup();
    await security.enableStore(store);
    await security.disableStore(new MemoryStore());
    expect(security.storeEnabled).toBe(true);
    await security.disableStore(store);
    expect(security.storeEnabled).toBe(false);
  });

  test('a fault that nobody wants to hear is a warning', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { store, security } = await setup();
    store.load = () => Promise.reject(new Error('no'));
    await security.enableStore(store);
    expect(warn).toHaveBeenCalledOnce();
    warn.mockRestore();
  });

  test('a batch that cannot be written is a fault and not lost', async () => {
    const { faults, store, security, enable } = await setup();
    await enable();
    const apply = store.apply;
    store.apply = () => Promise.reject(new Error('disk full'));
    security.note(['max-age=60'], 'a.test');
    await security.flush();
    expect(faults).toHaveLength(1);
    store.apply = apply;
    await security.flush();
    expect((await store.load()).size).toBe(1);
  });
});

test('two over one store object hear each other', async () => {
  const { store, security, enable, clock } = await setup();
  await enable();
  const other = new StrictTransportSecurity({ clock });
  await other.enableStore(store, () => {});
  security.addHosts([policy('a.test')]);
  await security.flush();
  expect(other.hosts()).toEqual([policy('a.test')]);
  other.addHosts([policy('a.test', NOW - 1)]);
  await other.flush();
  expect(security.hosts()).toEqual([]);
});

test('localhost in a store of an earlier version is forgotten, there too', async () => {
  const { store, security, enable } = await setup({
    localhost: stored(NOW + DAY),
    'a.test': stored(NOW + DAY),
  });
  await enable();
  await security.flush();
  expect([...(await store.load()).keys()]).toEqual(['a.test']);
});

test('a store that does not answer holds nobody up for longer than a second, and is taken in when it does', async () => {
  vi.useFakeTimers();
  try {
    const { store, security, faults, names } = await setup();
    let answer = (_entries: Map<string, StoredValue>): void => {};
    store.load = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    const enabled = security.enableStore(store, (fault) => faults.push(fault));
    expect(security.ready).not.toBeNull();
    await vi.advanceTimersByTimeAsync(1001);
    await enabled;
    expect(security.ready).toBeNull();
    expect(faults).toHaveLength(1);
    answer(new Map([['a.test', stored(NOW + DAY)]]));
    await vi.advanceTimersByTimeAsync(1);
    expect(names()).toEqual(['a.test']);
  } finally {
    vi.useRealTimers();
  }
});
