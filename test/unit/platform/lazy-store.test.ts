import { describe, expect, test } from 'vitest';
import { lazyStore } from '../../../platform/browser/lazy-store.ts';
import type { KeyValueStore, StoredValue } from '../../../src/storage/key-value-store.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';

type Changes = ReadonlyMap<string, StoredValue | null>;
const CHANGES: Changes = new Map([['a', 1]]);

/** A store that is opened when it is told to, and tells what becomes of it. */
function setup() {
  const log: string[] = [];
  const listeners = new Set<(changes: Changes) => void>();
  const inner: KeyValueStore = Object.assign(new MemoryStore(), {
    watch: (listener: (changes: Changes) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      log.push('closed');
    },
  });
  let finish = (): void => {};
  const loaded = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const store = lazyStore(async () => {
    log.push('opened');
    await loaded;
    return inner;
  });
  const tell = (): void => {
    for (const listener of listeners) listener(CHANGES);
  };
  return { log, inner, store, finish, tell };
}

describe('a store that is loaded with its first use', () => {
  test('is not loaded before, nor by close', async () => {
    const { log, store } = setup();
    await store.close();
    expect(log).toEqual([]);
  });

  test('is opened once, and does what the store behind it does', async () => {
    const { log, inner, store, finish } = setup();
    finish();
    await Promise.all([store.apply(CHANGES), store.load()]);
    expect(await store.load()).toEqual(CHANGES);
    expect(await inner.load()).toEqual(CHANGES);
    expect(log).toEqual(['opened']);
  });

  test('close waits for it', async () => {
    const { log, store, finish } = setup();
    void store.load();
    const closed = store.close();
    expect(log).toEqual(['opened']);
    finish();
    await closed;
    expect(log).toEqual(['opened', 'closed']);
  });

  test('tells of changes made elsewhere, until it is stopped', async () => {
    const { store, finish, tell } = setup();
    const heard: Changes[] = [];
    const stop = store.watch!((changes) => heard.push(changes));
    const stopEarly = store.watch!(() => heard.push(new Map()));
    stopEarly();
    finish();
    await store.load();
    tell();
    stop();
    tell();
    expect(heard).toEqual([CHANGES]);
  });

  test('says what loading fails with, and closes all the same', async () => {
    const store = lazyStore(() => Promise.reject(new Error('no network')));
    store.watch!(() => {});
    await expect(store.load()).rejects.toThrow('no network');
    await expect(store.apply(CHANGES)).rejects.toThrow('no network');
    await store.close();
  });
});
