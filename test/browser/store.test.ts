import { expect, inject, test, vi } from 'vitest';
import { NetworkAccessManager, StrictTransportSecurity } from '../../platform/browser/index.ts';
import { IndexedDbCache } from '../../platform/browser/indexeddb-cache.ts';
import { IndexedDbStore } from '../../platform/browser/indexeddb-store.ts';
import { testStore } from '../suites/store.ts';

/** A name that no other test uses. */
const database = (): string => `fairlead-test-${crypto.randomUUID()}`;
/** Does not end while a connection is open. */
const remove = (name: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });

const past = (name: string, change: (entries: IDBObjectStore) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const transaction = request.result.transaction('entries', 'readwrite');
      change(transaction.objectStore('entries'));
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });

let shared = database();

testStore('IndexedDbStore', {
  open: (namespace) => new IndexedDbStore({ database: shared, namespace }),
  cleanUp: async () => {
    await remove(shared);
    shared = database();
  },
});

test('a namespace that begins like another is apart from it', async () => {
  const name = database();
  const stores = ['a', 'aa', 'ab'].map((namespace) => new IndexedDbStore({ database: name, namespace }));
  for (const [i, store] of stores.entries()) await store.apply(new Map([['key', i]]));
  for (const [i, store] of stores.entries()) {
    expect(await store.load()).toEqual(new Map([['key', i]]));
    await store.close();
  }
  await remove(name);
});

test('a batch with a value that cannot be stored is refused as a whole', async () => {
  const name = database();
  const store = new IndexedDbStore({ database: name, namespace: 'a' });
  const batch = new Map<string, never>([
    ['before', 1 as never],
    ['wrong', (() => {}) as never],
  ]);
  await expect(store.apply(batch)).rejects.toThrow();
  expect(await store.load()).toEqual(new Map());
  await store.close();
  await remove(name);
});

test('a database that cannot be opened rejects load and apply: that nothing is stored is another answer', async () => {
  const refused = new DOMException('no IndexedDB in this window', 'SecurityError');
  const open = vi.spyOn(indexedDB, 'open').mockImplementation(() => {
    throw refused;
  });
  try {
    const store = new IndexedDbStore({ database: database(), namespace: 'a' });
    await expect(store.load()).rejects.toMatchObject({ cause: refused });
    await expect(store.apply(new Map([['a', 1]]))).rejects.toBe(refused);
    await store.close();
  } finally {
    open.mockRestore();
  }
});

test('what keeps something is made without a look at the platform, whose mere name may be refused', async () => {
  const own = Object.getOwnPropertyDescriptor(globalThis, 'indexedDB')!;
  const refused = new DOMException('storage is blocked', 'SecurityError');
  const get = vi.fn(() => {
    throw refused;
  });
  Object.defineProperty(globalThis, 'indexedDB', { configurable: true, get });
  try {
    const store = new IndexedDbStore({ database: database(), namespace: 'a' });
    const manager = new NetworkAccessManager({
      cache: new IndexedDbCache({ name: database() }),
      strictTransportSecurity: new StrictTransportSecurity(),
    });
    expect(get).not.toHaveBeenCalled();
    await expect(store.load()).rejects.toMatchObject({ cause: refused });
    expect(await manager.get(`${inject('server')}/hello`).text()).toBe('hello');
    await Promise.all([store.close(), manager.close()]);
  } finally {
    Object.defineProperty(globalThis, 'indexedDB', own);
  }
});

test('whoever deletes the database does not wait for us, and it is made anew', async () => {
  const name = database();
  const store = new IndexedDbStore({ database: name, namespace: 'a' });
  await store.apply(new Map([['key', 1]]));
  await remove(name);
  expect(await store.load()).toEqual(new Map());
  await store.apply(new Map([['key', 2]]));
  expect(await store.load()).toEqual(new Map([['key', 2]]));
  await store.close();
  await remove(name);
});

test('a page that comes back asks for what it has not heard of', async () => {
  const name = database();
  const store = new IndexedDbStore({ database: name, namespace: 'a' });
  await store.apply(
    new Map([
      ['kept', 1],
      ['gone', 2],
    ]),
  );
  let stop = (): void => {};
  const heard = new Promise((resolve) => {
    stop = store.watch(resolve);
  });
  // Past the store, nobody is told of it.
  await past(name, (entries) => {
    entries.put(3, ['a', 'new']);
    entries.put(4, ['b', 'of others']);
    entries.delete(['a', 'gone']);
  });
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }));
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
  expect(await heard).toEqual(
    new Map([
      ['kept', 1],
      ['gone', null],
      ['new', 3],
    ] as [string, number | null][]),
  );
  stop();
  await store.close();
  await remove(name);
});
