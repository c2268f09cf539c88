import { expect, test, vi } from 'vitest';
import { type BlockStore, BlockWriter, EntryGone } from '../../../src/cache/storage/block-writer.ts';
import { bodyOf } from '../../suites/cache.ts';

/** A store that writes down what it is asked, and answers when it is told to. */
class SlowStore implements BlockStore {
  readonly blockSize = 10;
  readonly limit = 100;
  readonly journal: string[] = [];
  readonly #waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  #isReleased = false;

  allocate = (): Uint8Array<ArrayBuffer> => new Uint8Array(this.blockSize + 4);
  put = (index: number): Promise<void> => this.#asked(`put ${index}`);
  publish = (index: number, _block: Uint8Array, length: number): Promise<void> =>
    this.#asked(`publish ${index} with ${length}`);
  read = (index: number): Promise<Uint8Array> =>
    this.#asked(`read ${index}`).then(() => bodyOf(100).subarray(index * 10, index * 10 + 14));
  failed = (error: unknown): void => void this.journal.push(`failed: ${(error as Error).message}`);
  end: Promise<void> | null = null;
  ending = (end: Promise<void>): void => {
    this.end = end;
  };
  dispose = async (isPublished: boolean): Promise<void> => {
    if (this.#waiting.length > 0) throw new Error('released too early');
    this.#isReleased = true;
    this.journal.push(isPublished ? 'released' : 'dropped');
  };

  /** Answers everything that is asked from now on, too. */
  async answerAll(error?: unknown): Promise<void> {
    for (let turn = 0; turn < 50; turn++) {
      for (const { resolve, reject } of this.#waiting.splice(0)) {
        if (error === undefined) resolve();
        else reject(error);
      }
      await Promise.resolve();
    }
  }

  #asked(what: string): Promise<void> {
    if (this.#isReleased) this.journal.push(`TOO LATE: ${what}`);
    this.journal.push(what);
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

test('blocks are put one after the other, and the entry is published behind them', async () => {
  const store = new SlowStore();
  const writer = new BlockWriter(store);
  void writer.write(bodyOf(25));
  const committed = writer.commit();
  await turns();
  expect(store.journal).toEqual(['put 0']);
  await store.answerAll();
  await committed;
  writer.close();
  writer.close();
  await turns();
  expect(store.journal).toEqual(['put 0', 'put 1', 'publish 2 with 5', 'released']);
});

test('the source has to wait when four blocks do', async () => {
  const store = new SlowStore();
  const writer = new BlockWriter(store);
  expect(writer.write(bodyOf(39))).toBeUndefined();
  const wait = writer.write(bodyOf(1));
  expect(wait).toBeInstanceOf(Promise);
  await store.answerAll();
  await wait;
  expect(() => writer.write(bodyOf(61))).toThrow('larger than the cache stores');
});

test('bytes that wait, have been stored or are the last can be read', async () => {
  const store = new SlowStore();
  const writer = new BlockWriter(store);
  void writer.write(bodyOf(25));
  expect(writer.read(3, 100)).toEqual(bodyOf(25).subarray(3, 10));
  expect(writer.read(22, 100)).toEqual(bodyOf(25).subarray(22));
  await store.answerAll();
  const reading = writer.read(13, 100);
  await store.answerAll();
  expect(await reading).toEqual(bodyOf(25).subarray(13, 20));
});

test.each<{ when: string; length: number; commits: boolean; later: boolean; journal: string[] }>([
  { when: 'unused', length: 0, commits: false, later: false, journal: ['dropped'] },
  { when: 'as soon as a block is full', length: 15, commits: false, later: false, journal: ['dropped'] },
  { when: 'while blocks are put', length: 35, commits: false, later: true, journal: ['put 0', 'dropped'] },
  {
    when: 'as soon as it is committed',
    length: 5,
    commits: true,
    later: false,
    journal: ['publish 0 with 5', 'released'],
  },
  {
    when: 'before it is published',
    length: 15,
    commits: true,
    later: true,
    journal: ['put 0', 'publish 1 with 5', 'released'],
  },
])(
  'closed $when, a writer releases its store once, behind all else',
  async ({ length, commits, later, journal }) => {
    const store = new SlowStore();
    const writer = new BlockWriter(store);
    void writer.write(bodyOf(length));
    const committed = commits ? writer.commit() : null;
    if (later) await turns();
    writer.close();
    writer.close();
    await store.answerAll();
    await committed;
    expect(store.journal).toEqual(journal);
  },
);

test('the end can be waited for, also of a store that cannot be released', async () => {
  const store = new SlowStore();
  const writer = new BlockWriter(store);
  void writer.write(bodyOf(10));
  store.dispose = () => Promise.reject(new Error('not now'));
  await turns();
  writer.close();
  const ended = vi.fn();
  store.end!.then(ended);
  await turns();
  expect(ended).not.toHaveBeenCalled();
  await store.answerAll();
  expect(ended).toHaveBeenCalledOnce();
});

test('a read that is under way comes back before the store is released', async () => {
  const store = new SlowStore();
  const writer = new BlockWriter(store);
  void writer.write(bodyOf(10));
  await store.answerAll();
  const reading = writer.read(0, 10);
  writer.close();
  await turns();
  expect(store.journal).toEqual(['put 0', 'read 0']);
  await store.answerAll();
  expect(await reading).toEqual(bodyOf(10));
  expect(store.journal).toEqual(['put 0', 'read 0', 'dropped']);
  await expect(writer.read(0, 10)).rejects.toThrow('closed');
});

test.each<[string, Error, string[]]>([
  ['is told once', new Error('full'), ['put 0', 'failed: full', 'dropped']],
  ['is nobody’s fault when somebody has removed it', new EntryGone(), ['put 0', 'dropped']],
])('what keeps an entry from being stored %s', async (_name, error, journal) => {
  const store = new SlowStore();
  const writer = new BlockWriter(store);
  void writer.write(bodyOf(35));
  const committed = writer.commit();
  const outcome = expect(committed).rejects.toBe(error);
  await turns();
  await store.answerAll(error);
  await outcome;
  expect(() => writer.write(bodyOf(1))).toThrow(error);
  writer.close();
  await turns();
  expect(store.journal).toEqual(journal);
});
