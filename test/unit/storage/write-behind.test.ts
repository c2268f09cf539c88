import { describe, expect, test } from 'vitest';
import type { KeyValueStore, StoredValue } from '../../../src/storage/key-value-store.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { WriteBehind } from '../../../src/storage/write-behind.ts';
import { FakeClock } from '../../support/fixtures.ts';

type Changes = ReadonlyMap<string, StoredValue | null>;

/** A store whose operations end when the test says so. */
class SlowStore implements KeyValueStore {
  readonly batches: (readonly [string, StoredValue | null])[][] = [];
  readonly content = new Map<string, StoredValue>();
  applySync?: (changes: Changes) => void;
  #answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  #listeners = new Set<(changes: Changes) => void>();
  #loaded = withResolvers();

  async load(): Promise<Map<string, StoredValue>> {
    const snapshot = new Map(this.content);
    await this.#loaded.promise;
    return snapshot;
  }

  apply(changes: Changes): Promise<void> {
    this.batches.push([...changes]);
    return new Promise((resolve, reject) => this.#answers.push({ resolve, reject }));
  }

  watch(listener: (changes: Changes) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {}

  /** Ends the oldest batch. */
  async answer(error?: Error): Promise<void> {
    const first = this.#answers.shift()!;
    if (error === undefined) first.resolve();
    else first.reject(error);
    await turn();
  }

  finishLoading(error?: Error): void {
    if (error === undefined) this.#loaded.resolve();
    else this.#loaded.reject(error);
  }

  tell(changes: Changes): void {
    for (const listener of this.#listeners) listener(changes);
  }
}

function withResolvers(): {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
} {
  let resolve!: () => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Lets every microtask that is due run. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function setup() {
  const store = new SlowStore();
  const faults: Error[] = [];
  const clock = new FakeClock();
  // Batches rest as long as a busy machine has taken for the last one: here none takes any time.
  const behind = new WriteBehind(store, (fault) => faults.push(fault), clock);
  return { store, faults, behind, clock };
}

/** Whether a promise has settled by the end of this turn. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  promise.then(
    () => {
      settled = true;
    },
    () => {
      settled = true;
    },
  );
  await turn();
  return settled;
}

describe('batches', () => {
  test('what is set in one turn is one batch, the last value of a key counts', async () => {
    const { store, behind } = setup();
    behind.set('a', 1);
    behind.set('b', { x: [true] });
    behind.set('a', null);
    await turn();
    expect(store.batches).toEqual([
      [
        ['a', null],
        ['b', { x: [true] }],
      ],
    ]);
  });

  test('one batch is under way at a time, what comes meanwhile is the next one', async () => {
    const { store, behind } = setup();
    behind.set('a', 1);
    await turn();
    behind.set('a', 2);
    await turn();
    behind.set('b', 3);
    await turn();
    expect(store.batches).toHaveLength(1);
    void behind.flush();
    await store.answer();
    expect(store.batches[1]).toEqual([
      ['a', 2],
      ['b', 3],
    ]);
  });

  test('an idle flush touches nothing', async () => {
    const { store, behind } = setup();
    await behind.flush();
    expect(store.batches).toEqual([]);
  });
});

describe('rest', () => {
  test('after a batch that took long the next one is collected, and flush does not wait for that', async () => {
    const { store, behind, clock } = setup();
    behind.set('a', 1);
    await turn();
    clock.advance(60);
    await store.answer();
    behind.set('b', 1);
    await turn();
    behind.set('c', 1);
    await turn();
    expect(store.batches).toHaveLength(1);
    void behind.flush();
    await turn();
    expect(store.batches[1]).toEqual([
      ['b', 1],
      ['c', 1],
    ]);
  });

  test('ends by itself', async () => {
    const { store, behind, clock } = setup();
    behind.set('a', 1);
    await turn();
    clock.advance(20);
    await store.answer();
    behind.set('b', 1);
    await turn();
    expect(store.batches).toHaveLength(1);
    clock.advance(200);
    await turn();
    expect(store.batches).toHaveLength(2);
  });
});

describe('two over one store object', () => {
  test('hear of each other what has been written, and only that', async () => {
    const { store, behind } = setup();
    const other = new WriteBehind(store, () => {});
    const heard: Changes[] = [];
    const own: Changes[] = [];
    behind.watch((changes) => own.push(changes));
    const stop = other.watch((changes) => heard.push(changes));
    behind.set('a', 1);
    await turn();
    expect(heard).toEqual([]);
    await store.answer();
    expect(heard).toEqual([new Map([['a', 1]])]);
    expect(own).toEqual([]);
    stop();
    behind.set('b', 1);
    void behind.flush();
    await turn();
    await store.answer();
    expect(heard).toHaveLength(1);
  });
});

describe('flushSync', () => {
  test('writes what is set and what is under way before it returns', async () => {
    const { store, behind } = setup();
    const written: Changes[] = [];
    store.applySync = (changes) => written.push(new Map(changes));
    behind.set('a', 1);
    await turn();
    behind.set('b', 2);
    behind.flushSync();
    expect(written).toEqual([
      new Map([
        ['a', 1],
        ['b', 2],
      ]),
    ]);
  });

  test('what is set while an older batch is under way is written after it once more', async () => {
    const { store, behind } = setup();
    store.applySync = () => {};
    behind.set('a', 1);
    await turn();
    behind.set('a', 2);
    behind.flushSync();
    void behind.flush();
    await store.answer();
    expect(store.batches[1]).toEqual([['a', 2]]);
  });

  test('a store that cannot do it is told of in words', () => {
    const { behind } = setup();
    behind.flushSync();
    behind.set('a', 1);
    expect(() => behind.flushSync()).toThrow(TypeError);
  });
});

describe('flush', () => {
  test('waits for the batch under way and for the one that is collected', async () => {
    const { store, behind } = setup();
    behind.set('a', 1);
    await turn();
    behind.set('b', 2);
    const flushed = behind.flush();
    await store.answer();
    expect(await isSettled(flushed)).toBe(false);
    await store.answer();
    expect(await isSettled(flushed)).toBe(true);
  });

  test('does not wait for what is set after it', async () => {
    const { store, behind } = setup();
    behind.set('a', 1);
    await turn();
    const flushed = behind.flush();
    behind.set('b', 2);
    await store.answer();
    expect(await isSettled(flushed)).toBe(true);
  });

  test('close flushes for the last time', async () => {
    const { store, behind } = setup();
    behind.set('a', 1);
    const closed = behind.close();
    behind.set('b', 2);
    await turn();
    await store.answer();
    await closed;
    await behind.flush();
    expect(store.batches).toEqual([[['a', 1]]]);
  });
});

describe('faults', () => {
  test('a refused batch is reported before the flush resolves, and goes along with the next', async () => {
    const { store, faults, behind } = setup();
    behind.set('a', 1);
    behind.set('b', 1);
    const flushed = behind.flush();
    await turn();
    const cause = new Error('disk full');
    behind.set('b', 2);
    await store.answer(cause);
    await flushed;
    expect(faults.map((fault) => fault.cause)).toEqual([cause]);
    expect(store.batches[1]).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  test('flush tries a refused batch again', async () => {
    const { store, faults, behind } = setup();
    behind.set('a', 1);
    await turn();
    await store.answer(new Error('disk full'));
    const flushed = behind.flush();
    await turn();
    await store.answer();
    await flushed;
    expect(store.batches).toEqual([[['a', 1]], [['a', 1]]]);
    expect(faults).toHaveLength(1);
  });

  test('the same fault is told once, and again after a success', async () => {
    const { store, faults, behind } = setup();
    const full = (): Error => Object.assign(new Error('disk full'), { code: 'ENOSPC' });
    for (const error of [
      full(),
      full(),
      undefined,
      full(),
      Object.assign(new Error('gone'), { code: 'EIO' }),
    ]) {
      behind.set('a', 1);
      const flushed = behind.flush();
      await turn();
      await store.answer(error);
      await flushed;
    }
    expect(faults.map(({ cause }) => (cause as NodeJS.ErrnoException).code)).toEqual([
      'ENOSPC',
      'ENOSPC',
      'EIO',
    ]);
  });

  test('a store that throws outright is reported all the same', async () => {
    const faults: Error[] = [];
    const store = new SlowStore();
    store.apply = () => {
      throw new Error('broken');
    };
    const behind = new WriteBehind(store, (fault) => faults.push(fault));
    behind.set('a', 1);
    await behind.flush();
    expect(faults).toHaveLength(1);
  });

  test('a store that cannot be loaded counts as empty', async () => {
    const { store, faults, behind } = setup();
    const loaded = behind.load();
    store.finishLoading(new Error('unreadable'));
    expect(await loaded).toEqual(new Map());
    expect(faults).toHaveLength(1);
  });
});

describe('memory is the authority', () => {
  test('load leaves out what was set before and during it, even when that is written by then', async () => {
    const { store, behind } = setup();
    for (const key of ['before', 'during', 'removed', 'kept']) store.content.set(key, 'stored');
    behind.set('before', 1);
    const loaded = behind.load();
    behind.set('during', 2);
    behind.set('removed', null);
    await turn();
    await store.answer();
    store.finishLoading();
    expect(await loaded).toEqual(new Map([['kept', 'stored']]));
  });

  test('a batch under way when the load begins is left out too', async () => {
    const { store, behind } = setup();
    store.content.set('a', 'stored');
    behind.set('a', 1);
    await turn();
    const loaded = behind.load();
    await store.answer();
    store.finishLoading();
    expect(await loaded).toEqual(new Map());
  });

  test('what changes elsewhere during the load is newer than what is loaded, and told once', async () => {
    const { store, behind } = setup();
    store.content.set('gone', 1).set('changed', 1).set('kept', 1);
    const heard: Changes[] = [];
    behind.watch((changes) => heard.push(changes));
    const loading = behind.load();
    behind.set('kept', 2);
    store.tell(
      new Map([
        ['gone', null],
        ['changed', 2],
        ['new', 3],
        ['kept', 4],
      ]),
    );
    store.finishLoading();
    expect(await loading).toEqual(
      new Map([
        ['changed', 2],
        ['new', 3],
      ]),
    );
    expect(heard).toEqual([]);
    store.tell(new Map([['new', 5]]));
    expect(heard).toEqual([new Map([['new', 5]])]);
  });

  test('watch passes foreign changes on, but none to keys that are pending or being written', async () => {
    const { store, behind } = setup();
    const heard: Changes[] = [];
    const stop = behind.watch((changes) => heard.push(changes));
    behind.set('a', 1);
    await turn();
    behind.set('b', 1);
    store.tell(
      new Map([
        ['a', 9],
        ['b', 9],
        ['c', 9],
      ]),
    );
    store.tell(new Map([['a', 8]]));
    await store.answer();
    await store.answer();
    store.tell(new Map([['a', null]]));
    stop();
    store.tell(new Map([['c', 7]]));
    expect(heard).toEqual([new Map([['c', 9]]), new Map([['a', null]])]);
  });

  test('a store without watch is fine', () => {
    const behind = new WriteBehind(new MemoryStore(), () => {});
    expect(behind.watch(() => {})).toBeTypeOf('function');
  });
});
