import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import { IndexedDbCache } from '../../platform/browser/indexeddb-cache.ts';
import { browserCapabilities } from '../../platform/common/fetch-transport-capabilities.ts';
import type { NetworkRequest } from '../../src/options/options.ts';
import { STORE_PATIENCE } from '../../src/storage/store-patience.ts';
import { bodyOf, get, metadata, put, testCache } from '../suites/cache.ts';

let prefix = crypto.randomUUID();
const made = new Set<string>();

/** A database that is deleted afterwards. */
function database(name: string): string {
  const full = `fairlead-cache-test-${prefix}-${name}`;
  made.add(full);
  return full;
}

/** Ends when nobody has the database open any more. */
const drop = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });

async function cleanUp(): Promise<void> {
  for (const name of made) await drop(name);
  made.clear();
  prefix = crypto.randomUUID();
}

testCache('IndexedDbCache', {
  open: (name, maximumSize) =>
    new IndexedDbCache({ name: database(name), ...(maximumSize === undefined ? {} : { maximumSize }) }),
  persistent: true,
  cleanUp,
});

/** Looks into a database behind the back of the cache. */
async function inside<Result>(
  name: string,
  work: (entries: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  const opened = indexedDB.open(name);
  const done = <Value>(request: IDBRequest<Value>): Promise<Value> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const connection = await done(opened);
  try {
    return await done(work(connection.transaction('cache', 'readwrite').objectStore('cache')));
  } finally {
    connection.close();
  }
}

const BODY = bodyOf(300_000);

/** The first key that begins with that letter. */
const keyOf = async (name: string, letter: string): Promise<IDBValidKey> => {
  const range = IDBKeyRange.bound([letter], [letter, []]);
  return (await inside(name, (entries) => entries.getAllKeys(range)))[0]!;
};

describe('rows that are not as they were', () => {
  afterEach(cleanUp);

  async function stored(): Promise<{ name: string; cache: IndexedDbCache }> {
    const name = database('rows');
    const cache = new IndexedDbCache({ name });
    await put(cache, 'key', BODY);
    return { name, cache };
  }

  test.each<[string, unknown]>([
    ['changed', new Uint8Array(128 * 1024)],
    ['shorter', BODY.slice(0, 10)],
    ['of another kind', 'text'],
  ])('a chunk that is %s is never delivered', async (_name, value) => {
    const { name, cache } = await stored();
    const key = await keyOf(name, 'b');
    await inside(name, (entries) => entries.put(value, key));
    await expect(get(cache, 'key')).rejects.toThrow('damaged');
    await cache.close();
  });

  test.each<[string, unknown]>([
    ['none', 5],
    ['of another version', { schema: 0 }],
    ['without metadata', { schema: 1, id: 'x', length: 0, size: 0, used: 0, checksums: [] }],
  ])('a record that is %s is a miss, and goes with its key', async (_name, value) => {
    const { name, cache } = await stored();
    const key = await keyOf(name, 'm');
    await inside(name, (entries) => entries.put(value, key));
    expect(await cache.match('key')).toEqual([]);
    await cache.remove('key');
    expect(await keyOf(name, 'm')).toBeUndefined();
    await put(cache, 'key', BODY);
    expect(await get(cache, 'key')).toEqual(BODY);
    await cache.close();
  });

  test('what a wrong clock has dated makes room before what is new', async () => {
    const name = database('clock');
    const cache = new IndexedDbCache({ name, maximumSize: 1_000_000 });
    const now = Date.now;
    Date.now = () => now() + 365 * 24 * 60 * 60 * 1000;
    try {
      for (let i = 0; i < 9; i++) await put(cache, `old ${i}`, bodyOf(100_000, i));
    } finally {
      Date.now = now;
    }
    for (let i = 0; i < 5; i++) {
      await put(cache, `new ${i}`, bodyOf(100_000, i));
      expect(await cache.match(`new ${i}`)).toHaveLength(1);
    }
    await cache.close();
  });

  test('what a page that was closed has staged is swept, what another page stages is not', async () => {
    const { name, cache } = await stored();
    const writers = ['left', 'running'].map((key) => cache.insert(key, metadata(), BODY.length)!);
    for (const writer of writers) {
      await writer.write(BODY);
      await writer.read(0, 1);
    }
    await expect
      .poll(() => inside(name, (entries) => entries.count(IDBKeyRange.bound(['b'], ['b', []]))))
      .toBe(7);
    const left = await keyOf(name, 't');
    await inside(name, (entries) => entries.put(Date.now() - 61_000, left));
    const other = new IndexedDbCache({ name });
    await put(other, 'other', bodyOf(10));
    await other.close();
    const chunks = await inside(name, (entries) => entries.count(IDBKeyRange.bound(['b'], ['b', []])));
    expect(chunks).toBe(3 + 2 + 1);
    // The one that was swept notices; which of the two it is, chance has decided.
    const outcomes = await Promise.allSettled(writers.map(async (writer) => writer.commit()));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const writer of writers) writer.close();
    await cache.close();
  });
});

describe('an entry whose chunks are removed while it is written', () => {
  afterEach(cleanUp);

  test.each<[string, (cache: IndexedDbCache, name: string) => Promise<unknown>]>([
    ['because all is cleared', (cache) => cache.clear()],
    [
      'because it was taken for abandoned',
      async (_cache, name) => {
        await inside(name, (entries) => entries.delete(IDBKeyRange.bound(['b'], ['b', []])));
        await inside(name, (entries) => entries.delete(IDBKeyRange.bound(['t'], ['t', []])));
      },
    ],
  ])('is not published by its last chunks %s, and nothing is wrong', async (_name, take) => {
    const name = database('removed');
    const faults: Error[] = [];
    const cache = new IndexedDbCache({ name, onFault: (fault) => faults.push(fault) });
    const writer = cache.insert('key', metadata(), BODY.length)!;
    await writer.write(BODY.subarray(0, 150_000));
    await expect.poll(() => keyOf(name, 't')).toBeDefined();
    await take(cache, name);
    await writer.write(BODY.subarray(150_000));
    await expect(Promise.resolve(writer.commit())).rejects.toThrow('removed');
    writer.close();
    expect(await cache.match('key')).toEqual([]);
    expect(await keyOf(name, 'b')).toBeUndefined();
    expect(faults).toEqual([]);
    await cache.close();
  });
});

describe('a database that somebody deletes', () => {
  afterEach(cleanUp);

  test('is let go of, and made anew', async () => {
    const name = database('deleted');
    const faults: Error[] = [];
    const caches = [1, 2].map(() => new IndexedDbCache({ name, onFault: (fault) => faults.push(fault) }));
    for (const cache of caches) await put(cache, 'key', BODY);
    const writer = caches[0]!.insert('other', metadata(), BODY.length)!;
    await writer.write(BODY);
    await drop(name);
    await expect(Promise.resolve(writer.commit())).rejects.toThrow('removed');
    writer.close();
    for (const cache of caches) {
      expect(await cache.match('key')).toEqual([]);
      await put(cache, 'key', BODY);
      expect(await get(cache, 'key')).toEqual(BODY);
      await cache.remove('key');
    }
    for (const cache of caches) await cache.close();
    expect(faults).toEqual([]);
  });
});

describe('a database that is not as it should be', () => {
  afterEach(cleanUp);

  const connectionTo = (name: string, version?: number): Promise<IDBDatabase> =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open(name, version);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });

  test('without the object store gets it', async () => {
    const name = database('foreign');
    (await connectionTo(name)).close();
    const faults: Error[] = [];
    const cache = new IndexedDbCache({ name, onFault: (fault) => faults.push(fault) });
    await put(cache, 'key', BODY);
    expect(await get(cache, 'key')).toEqual(BODY);
    expect(faults).toEqual([]);
    await cache.close();
  });

  test('whose connection is lost is opened once more', async () => {
    const name = database('lost');
    const faults: Error[] = [];
    const cache = new IndexedDbCache({ name, onFault: (fault) => faults.push(fault) });
    await put(cache, 'key', BODY);
    const { transaction } = IDBDatabase.prototype;
    for (const lost of ['InvalidStateError', 'UnknownError', 'NotFoundError']) {
      let failures = 1;
      IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
        if (failures-- > 0) throw new DOMException('lost', lost);
        return transaction.apply(this, args);
      };
      try {
        expect(await get(cache, 'key')).toEqual(BODY);
      } finally {
        IDBDatabase.prototype.transaction = transaction;
      }
    }
    expect(faults).toEqual([]);
    await cache.close();
  });

  test('that refuses to clear all keeps nothing from being cleared for us', async () => {
    const onFault = vi.fn();
    const cache = new IndexedDbCache({ name: database('uncleared'), onFault });
    await put(cache, 'key', bodyOf(10));
    const refused = vi.spyOn(IDBObjectStore.prototype, 'clear').mockImplementation(() => {
      throw new DOMException('refused', 'UnknownError');
    });
    await cache.clear();
    expect(await cache.match('key')).toEqual([]);
    refused.mockRestore();
    expect(await cache.match('key')).toEqual([]);
    await put(cache, 'key', bodyOf(20));
    expect(await get(cache, 'key')).toEqual(bodyOf(20));
    expect(onFault).toHaveBeenCalledOnce();
    await cache.close();
  });

  test('that a page holds while another deletes it costs one request a second', async () => {
    const name = database('held');
    const holder = await connectionTo(name);
    // Does not give way.
    const deleted = drop(name);
    const manager = new NetworkAccessManager({ cache: new IndexedDbCache({ name }) });
    const faults: Error[] = [];
    manager.on('faultOccurred', (fault) => faults.push(fault));
    // Each that waits sets a timer. A slow machine may come to the next look at the database, ten seconds later.
    const waits = vi.spyOn(globalThis, 'setTimeout');
    try {
      for (let i = 0; i < 12; i++) {
        expect(await manager.get(`${inject('server')}/fields/held-${i}`).text()).toBe('fields');
      }
      const ofStore = waits.mock.calls.filter(([, wait]) => wait === STORE_PATIENCE);
      expect(ofStore.length).toBeGreaterThan(0);
      expect(ofStore.length).toBeLessThan(6);
    } finally {
      waits.mockRestore();
    }
    expect(faults).toHaveLength(1);
    await manager.close();
    holder.close();
    await deleted;
  });
});

describe('in a page', () => {
  const server = inject('server');
  const EXPIRES = `Expires:${new Date(Date.now() + 60_000).toUTCString()}`;
  let serial = 0;

  afterEach(cleanUp);

  /** Asks twice; how often the server was asked, and where the second answer came from. */
  async function twice(fields: string[], options: Partial<NetworkRequest> = {}, cache?: IndexedDbCache) {
    const faults: Error[] = [];
    const onFault = (fault: Error): void => {
      faults.push(fault);
    };
    const used = cache ?? new IndexedDbCache({ name: database('page'), onFault });
    const manager = new NetworkAccessManager({ cache: used });
    const id = crypto.randomUUID();
    const query = fields.map((field) => `&field=${encodeURIComponent(field)}`).join('');
    const url = `${server}/fields/${serial++}?id=${id}${query}`;
    const texts = [await manager.get({ ...options, url }).text()];
    const second = manager.get({ ...options, url });
    texts.push(await second.text());
    expect(texts).toEqual(['fields', 'fields']);
    const journal = await fetch(`${server}/journal?of=${id}`);
    const { requests } = (await journal.json()) as { requests: number };
    await manager.close();
    await used.close();
    return { requests, source: second.source, faults };
  }

  /** How often the server is asked when a page asks it twice by itself. */
  async function barely(fields: string[], init: RequestInit = {}): Promise<number> {
    const id = crypto.randomUUID();
    const query = fields.map((field) => `&field=${encodeURIComponent(field)}`).join('');
    const url = `${server}/fields/${serial++}?id=${id}${query}`;
    for (let i = 0; i < 2; i++) await (await fetch(url, init)).text();
    const journal = await fetch(`${server}/journal?of=${id}`);
    return ((await journal.json()) as { requests: number }).requests;
  }

  /** WebKit passes what was cut off for complete, and hides the length of what comes from another origin. */
  const keeps = browserCapabilities().cutBodies === true;

  test.runIf(keeps)('what can be judged of another origin is in our cache', async () => {
    const fields = [EXPIRES, 'Cache-Control:max-age=60'];
    expect(await twice(fields)).toMatchObject({ requests: 1, source: 'cache' });
  });

  test.each<[string, string[], Partial<NetworkRequest>, RequestInit]>([
    ['whose age may be hidden', ['Cache-Control:max-age=60'], {}, {}],
    ['that belongs to cookies', [EXPIRES], { useCredentials: true }, { credentials: 'include' }],
    ['that must not be stored', ['Cache-Control:no-store', EXPIRES], {}, {}],
    ['that is asked for anew', [EXPIRES], { cacheLoadControl: 'always-network' }, { cache: 'reload' }],
  ])(
    'what is not is left to the browser’s, which works as without ours: %s',
    async (_, fields, options, init) => {
      const { requests, source } = await twice(fields, options);
      expect([requests, source]).toEqual([await barely(fields, init), 'network']);
    },
  );

  test('a quota that is exceeded costs the entry, not the request, and is told once', async () => {
    const { put: original } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (this: IDBObjectStore, value: unknown, key?: IDBValidKey) {
      if (value instanceof Uint8Array) throw new DOMException('full', 'QuotaExceededError');
      return original.call(this, value, key);
    };
    try {
      const { source, faults } = await twice([EXPIRES]);
      expect(source).toBe('network');
      if (keeps)
        expect(faults.map(({ message }) => message)).toEqual([expect.stringContaining('QuotaExceededError')]);
    } finally {
      IDBObjectStore.prototype.put = original;
    }
    if (keeps) expect(await twice([EXPIRES])).toMatchObject({ requests: 1, source: 'cache' });
  });

  test('a database that cannot be opened costs nothing but itself', async () => {
    const { open } = IDBFactory.prototype;
    IDBFactory.prototype.open = () => {
      throw new DOMException('private window', 'SecurityError');
    };
    try {
      const { source, faults } = await twice([EXPIRES]);
      expect([source, faults.length]).toEqual(['network', 1]);
    } finally {
      IDBFactory.prototype.open = open;
    }
  });
});
