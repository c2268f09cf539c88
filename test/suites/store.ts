import { afterEach, describe, expect, test } from 'vitest';
import type { KeyValueStore, StoredValue } from '../../src/storage/key-value-store.ts';

type Changes = ReadonlyMap<string, StoredValue | null>;

/** How the suite gets at one implementation of {@link KeyValueStore}. */
export interface StoreHarness {
  /** Opens what is kept under a name. Twice the same name: two stores on one place, as in two processes or tabs. */
  open(name: string): KeyValueStore;
  /** Removes everything that the suite has made. Every store is closed by then. */
  cleanUp(): Promise<void>;
}

/** The contract of {@link KeyValueStore}: run it on every implementation, in the runtime that it is made for. */
export function testStore(title: string, harness: StoreHarness): void {
  describe(title, () => {
    const opened: KeyValueStore[] = [];
    let places = 0;

    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
      await harness.cleanUp();
    });

    const open = (name: string): KeyValueStore => {
      const store = harness.open(name);
      opened.push(store);
      return store;
    };
    /** A fresh place and a store on it. */
    const setup = (): { name: string; store: KeyValueStore } => {
      const name = `place-${places++}`;
      return { name, store: open(name) };
    };
    const set = (store: KeyValueStore, ...changes: [string, StoredValue | null][]): Promise<void> =>
      store.apply(new Map(changes));
    const sorted = (entries: Changes): (readonly [string, StoredValue | null])[] =>
      [...entries].sort(([a], [b]) => (a < b ? -1 : 1));

    test('a new store is empty', async () => {
      expect(await setup().store.load()).toEqual(new Map());
    });

    test('every JSON-shaped value comes back from a store that is opened later', async () => {
      const { name, store } = setup();
      const values: [string, StoredValue][] = [
        ['string', 'ä\u0000\n"\\😀'],
        ['number', -1.5e300],
        ['true', true],
        ['false', false],
        ['array', [1, [null, { deep: [] }]]],
        ['object', { a: 1, b: { c: 'd' } }],
      ];
      await set(store, ...values);
      expect(sorted(await store.load())).toEqual(sorted(new Map(values)));
      expect(sorted(await open(name).load())).toEqual(sorted(new Map(values)));
    });

    test.each([
      ['__proto__', '__proto__'],
      ['constructor', 'constructor'],
      ['empty', ''],
      ['NUL', '\u0000'],
      ['beyond the BMP', '\u{1f600}'],
      ['JSON', '["a"]'],
      ['long', 'a'.repeat(5000)],
    ])('a key like any other: %s', async (_name, key) => {
      const { name, store } = setup();
      await set(store, [key, 1], [`${key}.`, 2]);
      expect(sorted(await open(name).load())).toEqual([
        [key, 1],
        [`${key}.`, 2],
      ]);
      await set(store, [key, null]);
      expect(sorted(await open(name).load())).toEqual([[`${key}.`, 2]]);
    });

    test('apply replaces, null removes, and removing what is not there is no trouble', async () => {
      const { store } = setup();
      await set(store, ['a', 1], ['b', 1], ['c', 1]);
      await set(store, ['a', 2], ['b', null], ['absent', null]);
      expect(sorted(await store.load())).toEqual([
        ['a', 2],
        ['c', 1],
      ]);
    });

    test('an empty batch changes nothing', async () => {
      const { store } = setup();
      await set(store, ['a', 1]);
      await set(store);
      expect(sorted(await store.load())).toEqual([['a', 1]]);
    });

    test('batches that are not waited for are applied in order', async () => {
      const { store } = setup();
      await Promise.all([set(store, ['a', 1], ['b', 1]), set(store, ['a', 2]), set(store, ['b', null])]);
      expect(sorted(await store.load())).toEqual([['a', 2]]);
    });

    test('the loaded map is the caller’s own', async () => {
      const { store } = setup();
      await set(store, ['a', 1]);
      (await store.load()).clear();
      expect(await store.load()).toEqual(new Map([['a', 1]]));
    });

    test('two stores on one place merge by key', async () => {
      const { name, store } = setup();
      const other = open(name);
      await set(store, ['mine', 1], ['shared', 1]);
      await set(other, ['theirs', 2], ['shared', 2]);
      await set(store, ['mine', 3]);
      const merged = [
        ['mine', 3],
        ['shared', 2],
        ['theirs', 2],
      ];
      expect(sorted(await store.load())).toEqual(merged);
      expect(sorted(await other.load())).toEqual(merged);
    });

    test('writers at the same time lose nothing of each other', async () => {
      const { name } = setup();
      const writers = [open(name), open(name), open(name), open(name)];
      await Promise.all(
        writers.flatMap((writer, w) =>
          [0, 1, 2, 3, 4].map((i) => set(writer, [`${w}-${i}`, i], [`last-${w}`, i])),
        ),
      );
      const entries = await open(name).load();
      expect(entries.size).toBe(24);
      for (const w of writers.keys()) expect(entries.get(`last-${w}`)).toBe(4);
    });

    test('two places are apart', async () => {
      const one = setup();
      const other = setup();
      await set(one.store, ['a', 1]);
      expect(await other.store.load()).toEqual(new Map());
    });

    test('a thousand entries', async () => {
      const { name, store } = setup();
      const entries = Array.from({ length: 1000 }, (_, i): [string, StoredValue] => [`key ${i}`, { i }]);
      await set(store, ...entries);
      const loaded = await open(name).load();
      expect(loaded.size).toBe(1000);
      expect(loaded.get('key 999')).toEqual({ i: 999 });
    });

    test('close waits for what is being written', async () => {
      const { name, store } = setup();
      void set(store, ['a', 1]);
      await store.close();
      expect(await open(name).load()).toEqual(new Map([['a', 1]]));
    });

    test('watch tells what others change, and not what this store writes itself', async ({ skip }) => {
      const { name, store } = setup();
      const other = open(name);
      if (store.watch === undefined) return skip();
      await set(store, ['kept', 1], ['gone', 1]);
      await store.load();
      const heard = nextChanges(store);
      await set(store, ['own', 1]);
      await set(other, ['new', 2], ['gone', null]);
      expect(sorted(await heard.next())).toEqual([
        ['gone', null],
        ['new', 2],
      ]);
      heard.stop();
    });

    test('watch is silent once it is stopped', async ({ skip }) => {
      const { name, store } = setup();
      const other = open(name);
      if (store.watch === undefined) return skip();
      await store.load();
      let told = 0;
      store.watch(() => told++)();
      const witness = nextChanges(store);
      await set(other, ['a', 1]);
      await witness.next();
      witness.stop();
      expect(told).toBe(0);
    });
  });
}

/** The changes that a store tells, one by one. */
function nextChanges(store: KeyValueStore): { next(): Promise<Changes>; stop(): void } {
  const heard: Changes[] = [];
  let wake = (): void => {};
  const stop = store.watch!((changes) => {
    heard.push(changes);
    wake();
  });
  const next = async (): Promise<Changes> => {
    while (heard.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return heard.shift()!;
  };
  return { next, stop };
}
