import { afterEach, describe, expect, test } from 'vitest';
import {
  METADATA_VERSION,
  type ResponseMetadata,
  type StoredResponse,
} from '../../src/cache/storage/metadata.ts';
import type { BodyReader, NetworkCache } from '../../src/cache/storage/network-cache.ts';

type Cache = NetworkCache<StoredResponse>;

/** How the suite gets at one implementation of {@link NetworkCache}. */
export interface CacheHarness {
  /** Opens what is kept under a name. Twice the same name: two caches on one place, as in two processes or tabs. */
  open(name: string, maximumSize?: number): Cache;
  /** Entries outlive the object, and another one on the same place sees them. */
  readonly persistent: boolean;
  /** Removes everything that the suite has made. Every cache is closed by then. */
  cleanUp(): Promise<void>;
}

/** Metadata as the stage makes them. */
export function metadata(init: Partial<ResponseMetadata> = {}): ResponseMetadata {
  return {
    version: METADATA_VERSION,
    url: 'https://a.test/',
    status: 200,
    reason: 'OK',
    httpVersion: '1.1',
    headers: ['content-type', 'text/plain'],
    selecting: [],
    credentials: '',
    requestTime: 1,
    responseTime: 2,
    encrypted: true,
    part: null,
    fidelity: 'exact',
    ...init,
  };
}

/** Bytes that differ at every place and with every seed. */
export function bodyOf(length: number, seed = 1): Uint8Array {
  const body = new Uint8Array(length);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    body[i] = state >>> 24;
  }
  return body;
}

/** The same bytes. `toEqual` takes a second for a megabyte. */
function expectBytes(actual: Uint8Array | null | undefined, expected: Uint8Array): void {
  expect(actual?.length).toBe(expected.length);
  expect(actual!.findIndex((byte, i) => byte !== expected[i])).toBe(-1);
}

/** Stores a body in chunks, as the stage does. False when the cache refused it. */
export async function put(
  cache: Cache,
  key: string,
  body: Uint8Array,
  init: Partial<ResponseMetadata> = {},
  chunkSize = 10_000,
): Promise<boolean> {
  const writer = cache.insert(key, metadata(init), body.length);
  if (writer === null) return false;
  try {
    for (let i = 0; i < body.length; i += chunkSize) await writer.write(body.slice(i, i + chunkSize));
    await writer.commit();
  } finally {
    writer.close();
  }
  return true;
}

export async function readAll(reader: BodyReader, length: number, from = 0): Promise<Uint8Array> {
  const body = new Uint8Array(length - from);
  for (let offset = from; offset < length; ) {
    const chunk = await reader.read(offset, 65_536);
    if (chunk.length === 0) throw new Error(`nothing at ${offset}`);
    body.set(chunk.subarray(0, length - offset), offset - from);
    offset += chunk.length;
  }
  return body;
}

/** The body of the only variant, or null for a miss. */
export async function get(cache: Cache, key: string): Promise<Uint8Array | null> {
  const [stored] = await cache.match(key);
  const reader = stored === undefined ? null : await cache.open(stored);
  if (stored === undefined || reader === null) return null;
  try {
    return await readAll(reader, stored.length);
  } finally {
    reader.close();
  }
}

/** Uses are told apart by the clock. */
const tick = async (): Promise<void> => {
  const start = Date.now();
  while (Date.now() === start) await new Promise((resolve) => setTimeout(resolve, 1));
};

/** The contract of {@link NetworkCache}: run it on every implementation, in the runtime that it is made for. */
export function testCache(title: string, harness: CacheHarness): void {
  describe(title, () => {
    const opened: Cache[] = [];
    let places = 0;

    afterEach(async () => {
      for (const cache of opened.splice(0)) await cache.close();
      await harness.cleanUp();
    });

    const open = (name = `place-${places++}`, maximumSize?: number): Cache => {
      const cache = harness.open(name, maximumSize);
      opened.push(cache);
      return cache;
    };

    test('a new cache is empty', async () => {
      const cache = open();
      expect(await cache.match('GET https://a.test/')).toEqual([]);
      expect(await cache.size()).toBe(0);
    });

    test.each([0, 1, 1000, 65_535, 65_536, 65_537, 300_000])(
      '%i bytes come back as they went in',
      async (length) => {
        const cache = open();
        const body = bodyOf(length);
        expect(await put(cache, 'key', body)).toBe(true);
        const [stored] = await cache.match('key');
        expect(stored).toMatchObject({ length, metadata: metadata() });
        const reader = (await cache.open(stored!))!;
        expectBytes(await readAll(reader, length), body);
        expect(await reader.read(length, 10)).toHaveLength(0);
        reader.close();
        expect(await cache.size()).toBeGreaterThanOrEqual(length);
      },
    );

    test('a body can be read from anywhere, again and backwards', async () => {
      const cache = open();
      const body = bodyOf(250_000);
      await put(cache, 'key', body);
      const [stored] = await cache.match('key');
      const reader = (await cache.open(stored!))!;
      for (const offset of [200_000, 5, 65_535, 131_072, 249_999, 0]) {
        const end = Math.min(offset + 70_000, 250_000);
        expectBytes(await readAll(reader, end, offset), body.subarray(offset, end));
      }
      reader.close();
    });

    test.each([1000, 65_536, 300_000])("%i bytes that are owned are nobody else's", async (length) => {
      const cache = open();
      await put(cache, 'key', bodyOf(length));
      const [stored] = await cache.match('key');
      for (let i = 0; i < 3; i++) {
        const reader = (await cache.open(stored!))!;
        for (let offset = 0; offset < length; ) {
          const bytes = await reader.read(offset, length);
          expectBytes(bytes, bodyOf(length).subarray(offset, offset + bytes.length));
          offset += bytes.length;
          if (reader.owned === true) bytes.fill(0);
        }
        reader.close();
      }
      expectBytes(await get(cache, 'key'), bodyOf(length));
    });

    test('an entry of unknown length', async () => {
      const cache = open();
      const body = bodyOf(100_000);
      const writer = cache.insert('key', metadata(), null)!;
      await writer.write(body);
      await writer.commit();
      writer.close();
      expectBytes(await get(cache, 'key'), body);
    });

    test('an entry is not there before it is committed, and never when it is not', async () => {
      const cache = open();
      const writer = cache.insert('key', metadata(), 100_000)!;
      await writer.write(bodyOf(100_000));
      expect(await cache.match('key')).toEqual([]);
      writer.close();
      expect(await cache.match('key')).toEqual([]);
      expect(await cache.size()).toBe(0);
    });

    test.each([1000, 300_000])('a writer of %i bytes may be closed at any time', async (length) => {
      const cache = open();
      const body = bodyOf(length);
      for (const commits of [false, true]) {
        const writer = cache.insert('key', metadata(), length)!;
        // It may ask to wait, and is not waited for.
        Promise.resolve(writer.write(body)).catch(() => {});
        const committed = commits ? writer.commit() : null;
        writer.close();
        writer.close();
        await committed;
        const found = await get(cache, 'key');
        if (commits) expectBytes(found, body);
        else expect(found).toBeNull();
      }
    });

    test('an entry that is being written can be read, also after it was committed', async () => {
      const cache = open();
      const body = bodyOf(300_000);
      const writer = cache.insert('key', metadata(), body.length)!;
      for (let i = 0; i < 200_000; i += 50_000) await writer.write(body.slice(i, i + 50_000));
      expectBytes(await readAll(writer, 200_000), body.slice(0, 200_000));
      await writer.write(body.slice(200_000));
      await writer.commit();
      expectBytes(await readAll(writer, 300_000, 1), body.slice(1));
      writer.close();
      expectBytes(await get(cache, 'key'), body);
    });

    test('chunks are copied: the writer may be lent them', async () => {
      const cache = open();
      const chunk = bodyOf(70_000);
      const writer = cache.insert('key', metadata(), 140_000)!;
      const writing = writer.write(chunk);
      const expected = chunk.slice();
      chunk.fill(0);
      await writing;
      await writer.write(expected);
      await writer.commit();
      writer.close();
      expectBytes((await get(cache, 'key'))?.slice(0, 70_000), expected);
    });

    test('keys are apart, however strange', async () => {
      const cache = open();
      const keys = [
        'a',
        'A',
        'a ',
        '../../etc/passwd',
        '__proto__',
        'a/b',
        `${'x'.repeat(5000)}1`,
        `${'x'.repeat(5000)}2`,
        'ü\u0000',
      ];
      for (const [i, key] of keys.entries()) await put(cache, key, bodyOf(10, i));
      for (const [i, key] of keys.entries()) expectBytes(await get(cache, key), bodyOf(10, i));
      expect(await cache.match('constructor')).toEqual([]);
    });

    test('a new entry takes the place of the one that it supersedes; others stay beside it', async () => {
      const cache = open();
      const variants = [
        { selecting: ['foo', '1'], credentials: '' },
        { selecting: ['foo', '2'], credentials: '' },
        { selecting: ['foo', null], credentials: '' },
        { selecting: ['foo', '1'], credentials: 'me' },
      ];
      for (const [i, variant] of variants.entries()) await put(cache, 'key', bodyOf(10, i), variant);
      await put(cache, 'key', bodyOf(10, 9), variants[1]);
      const found = await cache.match('key');
      expect(found).toHaveLength(4);
      const seeds = [0, 9, 2, 3];
      for (const [i, variant] of variants.entries()) {
        const stored = found.find(
          (one) =>
            JSON.stringify([one.metadata.selecting, one.metadata.credentials]) ===
            JSON.stringify([variant.selecting, variant.credentials]),
        );
        const reader = (await cache.open(stored!))!;
        expectBytes(await readAll(reader, 10), bodyOf(10, seeds[i]));
        reader.close();
      }
    });

    test('the variants of a key are bounded', async () => {
      const cache = open();
      for (let i = 0; i < 12; i++) {
        await put(cache, 'key', bodyOf(10, i), { selecting: ['foo', String(i)], responseTime: i });
        await tick();
      }
      const found = await cache.match('key');
      expect(found).toHaveLength(8);
      expect(found.map(({ metadata: { selecting } }) => Number(selecting[1])).sort((a, b) => a - b)).toEqual([
        4, 5, 6, 7, 8, 9, 10, 11,
      ]);
    });

    test('metadata change without the body, once and again, and grow', async () => {
      const cache = open();
      await put(cache, 'key', bodyOf(100_000));
      for (const headers of [
        ['a', '1'],
        ['a', '22'],
        ['a', 'x'.repeat(20_000)],
        ['a', '3'],
      ]) {
        const [stored] = await cache.match('key');
        await cache.update('key', stored!, metadata({ headers, responseTime: 99 }));
        const [updated] = await cache.match('key');
        expect(updated!.metadata).toEqual(metadata({ headers, responseTime: 99 }));
        expectBytes(await get(cache, 'key'), bodyOf(100_000));
      }
    });

    test('entries are removed one by one, by key, or all', async () => {
      const cache = open();
      for (const foo of ['1', '2']) await put(cache, 'key', bodyOf(10), { selecting: ['foo', foo] });
      await put(cache, 'other', bodyOf(10));
      const found = await cache.match('key');
      await cache.remove(
        'key',
        found.find(({ metadata: { selecting } }) => selecting[1] === '2'),
      );
      expect((await cache.match('key')).map(({ metadata: { selecting } }) => selecting)).toEqual([
        ['foo', '1'],
      ]);
      await cache.remove('key');
      await cache.remove('never was');
      expect(await cache.match('key')).toEqual([]);
      expect(await cache.match('other')).toHaveLength(1);
      await cache.clear();
      expect(await cache.match('other')).toEqual([]);
      expect(await cache.size()).toBe(0);
      await put(cache, 'other', bodyOf(10));
      expect(await cache.match('other')).toHaveLength(1);
    });

    test.each([10, 300_000])(
      'an entry of %i bytes that is begun before all is cleared is not stored',
      async (size) => {
        const cache = open();
        const writer = cache.insert('key', metadata(), size)!;
        await writer.write(bodyOf(size));
        await cache.clear();
        // A cache may say that it has not stored it, or say nothing.
        await Promise.allSettled([(async () => writer.commit())()]);
        writer.close();
        expect(await cache.match('key')).toEqual([]);
        expect(await cache.size()).toBe(0);
      },
    );

    test.each(['1', '2', '3'])('variant %s of three goes without the others', async (gone) => {
      const cache = open();
      const variants = ['1', '2', '3'];
      for (const foo of variants)
        await put(cache, 'key', bodyOf(10, Number(foo)), { selecting: ['foo', foo] });
      const left = async (): Promise<string[]> => {
        const found = await cache.match('key');
        for (const stored of found) {
          const reader = (await cache.open(stored))!;
          expectBytes(await readAll(reader, 10), bodyOf(10, Number(stored.metadata.selecting[1])));
          reader.close();
        }
        return found.map(({ metadata: { selecting } }) => selecting[1]!).sort();
      };
      const found = await cache.match('key');
      await cache.remove(
        'key',
        found.find(({ metadata: { selecting } }) => selecting[1] === gone),
      );
      expect(await left()).toEqual(variants.filter((foo) => foo !== gone));
      await put(cache, 'key', bodyOf(10, Number(gone)), { selecting: ['foo', gone] });
      expect(await left()).toEqual(variants);
      await cache.remove('key');
      expect(await cache.match('key')).toEqual([]);
    });

    test('the least recently used entries make room, down to 90 %', async () => {
      const cache = open(undefined, 1_000_000);
      for (let i = 0; i < 9; i++) {
        await put(cache, `key ${i}`, bodyOf(100_000, i));
        await tick();
      }
      expect(await get(cache, 'key 0')).not.toBeNull();
      await tick();
      await put(cache, 'key 9', bodyOf(100_000, 9));
      expect(await cache.size()).toBeLessThanOrEqual(900_000);
      expect(await cache.match('key 1')).toEqual([]);
      expectBytes(await get(cache, 'key 0'), bodyOf(100_000, 0));
      expectBytes(await get(cache, 'key 9'), bodyOf(100_000, 9));
    });

    test('metadata that grow are counted, and make room', async () => {
      const cache = open(undefined, 500_000);
      for (let i = 0; i < 10; i++) await put(cache, `key ${i}`, bodyOf(10));
      for (let i = 0; i < 10; i++) {
        const [stored] = await cache.match(`key ${i}`);
        // Twice its length in a file, with the place for the next ones.
        if (stored !== undefined)
          await cache.update(`key ${i}`, stored, metadata({ headers: ['a', 'x'.repeat(70_000)] }));
      }
      expect(await cache.size()).toBeGreaterThan(200_000);
      expect(await cache.size()).toBeLessThanOrEqual(500_000);
    });

    test('an entry above three quarters of the maximum is not stored, announced or not', async () => {
      const cache = open(undefined, 100_000);
      expect(await put(cache, 'key', bodyOf(80_000))).toBe(false);
      const writer = cache.insert('key', metadata(), null)!;
      const flood = async () => {
        for (let i = 0; i < 10; i++) await writer.write(bodyOf(10_000));
        await writer.commit();
      };
      await expect(flood()).rejects.toThrow();
      writer.close();
      expect(await cache.match('key')).toEqual([]);
      expect(await put(cache, 'key', bodyOf(70_000))).toBe(true);
    });

    test('many at once', async () => {
      const cache = open();
      await Promise.all(
        Array.from({ length: 40 }, (_, i) => put(cache, `key ${i % 10}`, bodyOf(70_000, i % 10))),
      );
      for (let i = 0; i < 10; i++) expectBytes(await get(cache, `key ${i}`), bodyOf(70_000, i));
    });

    test.runIf(harness.persistent)('entries outlive the cache object, and are shared', async () => {
      const name = `place-${places++}`;
      const [one, other] = [open(name), open(name)];
      await put(one, 'key', bodyOf(100_000));
      expectBytes(await get(other, 'key'), bodyOf(100_000));
      await one.close();
      const later = open(name);
      expectBytes(await get(later, 'key'), bodyOf(100_000));
      expect(await later.size()).toBeGreaterThan(100_000);
      await later.remove('key');
      expect(await other.match('key')).toEqual([]);
    });
  });
}
