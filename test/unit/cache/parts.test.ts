import { describe, expect, test } from 'vitest';
import { MemoryCache } from '../../../src/cache/storage/memory-cache.ts';
import type { BodyReader } from '../../../src/cache/storage/network-cache.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { makeResponse } from '../../support/fixtures.ts';
import { Harness } from './harness.ts';

const CC = 'cache-control';
const DIGITS = '0123456789';
const KEY = 'GET http://origin.test/';

/** An origin of ten digits that knows ranges. */
function ranged({ headers }: HttpRequest, fields: Record<string, string> = { etag: '"e"' }): HttpResponse {
  const base = { [CC]: 'max-age=60', ...fields };
  const condition = headers.get('if-range');
  const range = /^bytes=(\d+)-(\d*)$/.exec(headers.get('range') ?? '');
  if (range === null || (condition !== null && condition !== fields.etag)) {
    return makeResponse({ headers: { ...base, 'content-length': '10' }, body: DIGITS });
  }
  const first = Number(range[1]);
  const last = range[2] === '' ? 9 : Number(range[2]);
  return makeResponse({
    status: 206,
    reason: 'Partial Content',
    headers: {
      ...base,
      'content-range': `bytes ${first}-${last}/10`,
      'content-length': String(last - first + 1),
    },
    body: DIGITS.slice(first, last + 1),
  });
}

function origin(fields?: Record<string, string>): Harness {
  const harness = new Harness();
  harness.respond = (request) => ranged(request, fields);
  return harness;
}

const get = (harness: Harness, range?: string) =>
  harness.send(range === undefined ? {} : { headers: { range } });

describe('stored parts', () => {
  test('answer ranges that they hold', async () => {
    const harness = origin();
    expect(await get(harness, 'bytes=2-6')).toMatchObject({
      status: 206,
      text: '23456',
      cacheStatus: 'fairlead; fwd=uri-miss; stored',
    });
    const inside = await get(harness, 'bytes=3-5');
    expect(inside).toMatchObject({ status: 206, text: '345', source: 'cache' });
    expect(inside.headers.get('content-range')).toBe('bytes 3-5/10');
    expect((await get(harness, 'bytes=5-7')).source).toBe('network');
    expect((await harness.send()).text).toBe(DIGITS);
  });

  test.each<[string, string[], boolean]>([
    ['the end to the start', ['bytes=0-4', 'bytes=5-9'], true],
    ['the start to the end', ['bytes=5-9', 'bytes=0-4'], true],
    ['what overlaps', ['bytes=0-6', 'bytes=3-9'], true],
    ['a middle that closes the gap', ['bytes=0-5', 'bytes=2-7', 'bytes=6-9'], true],
    ['not across a gap', ['bytes=0-3', 'bytes=6-9'], false],
  ])('combine under a strong validator: %s', async (_, ranges, complete) => {
    const harness = origin();
    for (const range of ranges) await get(harness, range);
    const whole = await harness.send();
    expect(whole).toMatchObject({ status: 200, text: DIGITS, source: complete ? 'cache' : 'network' });
    if (complete)
      expect([whole.headers.get('content-length'), whole.headers.has('content-range')]).toEqual([
        '10',
        false,
      ]);
    expect(await harness.cache.match(KEY)).toHaveLength(1);
  });

  test.each<[string, Record<string, string>]>([
    ['a weak validator', { etag: 'W/"e"' }],
    ['none', {}],
  ])('do not combine under %s (undici#4334)', async (_, fields) => {
    const harness = origin(fields);
    await get(harness, 'bytes=0-4');
    await get(harness, 'bytes=5-9');
    expect((await harness.send()).source).toBe('network');
  });

  test('are completed by a request for the rest', async () => {
    const harness = origin();
    await get(harness, 'bytes=0-3');
    const answer = await harness.send();
    expect(answer).toMatchObject({ status: 200, text: DIGITS, source: 'network' });
    expect([answer.headers.get('content-length'), answer.headers.has('content-range')]).toEqual([
      '10',
      false,
    ]);
    expect([harness.seen[1]!.headers.get('range'), harness.seen[1]!.headers.get('if-range')]).toEqual([
      'bytes=4-',
      '"e"',
    ]);
    expect(await harness.send()).toMatchObject({ text: DIGITS, source: 'cache' });
  });

  test('give way when the rest is of another version', async () => {
    const harness = origin();
    await get(harness, 'bytes=0-3');
    harness.respond = (request) => ranged(request, { etag: '"f"' });
    expect(await harness.send()).toMatchObject({ status: 200, text: DIGITS });
    expect(harness.seen).toHaveLength(2);
    harness.respond = () => makeResponse({ status: 500 });
    expect((await harness.send()).source).toBe('cache');
  });

  test('are left alone when the rest cannot be had', async () => {
    const harness = origin();
    await get(harness, 'bytes=0-3');
    harness.respond = ({ headers }) =>
      headers.has('range') ? makeResponse({ status: 416 }) : makeResponse({ body: 'whole' });
    expect(await harness.send()).toMatchObject({ status: 200, text: 'whole' });
    expect(harness.seen.at(-1)!.headers.has('if-range')).toBe(false);
  });

  test('are joined with nothing that is not as long as it says', async () => {
    const harness = origin();
    await get(harness, 'bytes=0-3');
    harness.respond = ({ headers }) =>
      headers.has('range')
        ? makeResponse({
            status: 206,
            headers: { etag: '"e"', 'content-range': 'bytes 4-9/10', 'content-length': '12' },
            body: '456789456789',
          })
        : makeResponse({ body: 'whole' });
    expect(await harness.send()).toMatchObject({ status: 200, text: 'whole' });
  });

  test('that are all of it are the whole', async () => {
    const harness = origin();
    expect((await get(harness, 'bytes=0-')).status).toBe(206);
    expect(await harness.send()).toMatchObject({ status: 200, text: DIGITS, source: 'cache' });
    expect((await get(harness, 'bytes=1-2')).headers.get('content-range')).toBe('bytes 1-2/10');
    expect(harness.seen).toHaveLength(1);
  });

  test('do not cost a complete entry of the same version', async () => {
    const harness = origin();
    await harness.send();
    await harness.send({ headers: { range: 'bytes=0-1' }, options: { cacheLoadControl: 'always-network' } });
    expect(await harness.send()).toMatchObject({ text: DIGITS, source: 'cache' });
  });
});

/** A memory cache whose bodies break at an offset. */
class BrittleCache extends MemoryCache {
  breaksAt = Infinity;

  override open(stored: Parameters<MemoryCache['open']>[0]): BodyReader | null {
    const reader = super.open(stored);
    if (reader === null) return null;
    const read: BodyReader['read'] = (offset, length) => {
      if (offset + 1 > this.breaksAt) throw new Error('checksum');
      return reader.read(offset, Math.min(length, this.breaksAt - offset, 4));
    };
    return { ...reader, read };
  }
}

describe('damage', () => {
  async function damaged(breaksAt: number, fields?: Record<string, string>) {
    const cache = new BrittleCache();
    const harness = new Harness(cache);
    harness.respond = (request) => ranged(request, fields);
    await harness.send();
    cache.breaksAt = breaksAt;
    return harness;
  }

  test('before the first byte is a miss, and the entry is replaced', async () => {
    const harness = await damaged(0);
    expect(await harness.send()).toMatchObject({
      text: DIGITS,
      source: 'network',
      cacheStatus: 'fairlead; fwd=uri-miss; stored',
    });
    expect(harness.seen).toHaveLength(2);
  });

  test('in the middle is mended from the network under a strong validator', async () => {
    const harness = await damaged(6);
    expect(await harness.send()).toMatchObject({ text: DIGITS, source: 'cache' });
    expect([harness.seen[1]!.headers.get('range'), harness.seen[1]!.headers.get('if-range')]).toEqual([
      'bytes=6-9',
      '"e"',
    ]);
    expect(await harness.cache.match(KEY)).toEqual([]);
  });

  test('in the middle of a slice is mended within the slice', async () => {
    const harness = await damaged(6);
    expect((await get(harness, 'bytes=1-7')).text).toBe('1234567');
    expect(harness.seen[1]!.headers.get('range')).toBe('bytes=6-7');
  });

  test.each<[string, Record<string, string>, string]>([
    ['without a strong validator', { etag: 'W/"e"' }, 'W/"e"'],
    ['when the network has another version', { etag: '"e"' }, '"f"'],
  ])('in the middle ends in unknown-content %s', async (_, fields, now) => {
    const harness = await damaged(6, fields);
    harness.respond = (request) => ranged(request, { etag: now });
    await expect(harness.send()).rejects.toMatchObject({ code: 'unknown-content' });
  });
});

describe('stale-while-revalidate', () => {
  const SWR = { [CC]: 'max-age=1, stale-while-revalidate=60', etag: '"e"' };
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

  test('delivers the stale response at once and validates behind it, once', async () => {
    const harness = new Harness();
    harness.answer(SWR, 'old');
    await harness.send();
    harness.wait(2);
    const land: ((response: HttpResponse) => void)[] = [];
    harness.respond = (_request, exchange) => {
      expect(exchange.priority).toBe('low');
      return new Promise((resolve) => land.push(resolve));
    };
    expect(await harness.send()).toMatchObject({
      text: 'old',
      source: 'cache',
      cacheStatus: 'fairlead; hit; ttl=-1',
    });
    expect((await harness.send()).text).toBe('old');
    expect(harness.seen).toHaveLength(2);
    expect(harness.seen[1]!.headers.get('if-none-match')).toBe('"e"');
    land[0]!(makeResponse({ headers: SWR, body: 'new' }));
    await turn();
    expect(await harness.send()).toMatchObject({
      text: 'new',
      source: 'cache',
      cacheStatus: 'fairlead; hit; ttl=1',
    });
  });

  test.each<[string, number, (i: number) => string, number]>([
    ['all together', 6, (i) => `http://${i}.test/`, 8],
    ['and leaves a host a slot for what cannot wait', 6, (i) => `http://origin.test/${i}`, 5],
    ['unless there is only one', 1, (i) => `http://origin.test/${i}`, 1],
  ])('is bounded, %s', async (_, connectionsPerHost, url, running) => {
    const harness = new Harness();
    harness.slots = connectionsPerHost;
    harness.answer(SWR);
    for (let i = 0; i < 20; i++) await harness.send({ url: url(i) });
    harness.wait(2);
    harness.seen.length = 0;
    harness.respond = () => new Promise(() => {});
    for (let i = 0; i < 20; i++) await harness.send({ url: url(i) });
    expect(harness.seen).toHaveLength(running);
  });

  test('asks for all, and not for ever, whatever was asked', async () => {
    const harness = new Harness();
    harness.answer(SWR, 'old');
    await harness.send();
    harness.wait(2);
    harness.answer(SWR, 'new');
    await harness.send({ method: 'HEAD' });
    await turn();
    expect(harness.seen[1]).toMatchObject({ method: 'GET', options: { transferTimeout: 30_000 } });
    expect((await harness.send()).text).toBe('new');
  });

  test.each<[string, Record<string, string>]>([
    ['may not be stored', { [CC]: 'no-store' }],
    ['is larger than the cache takes', SWR],
  ])('does not read what %s', async (_, headers) => {
    const harness = new Harness(new MemoryCache({ maximumSize: 100_000 }));
    harness.answer(SWR, 'old');
    await harness.send();
    harness.wait(2);
    let given = 0;
    let cancelled = false;
    harness.respond = () =>
      makeResponse({
        headers,
        body: {
          start: async (sink) => {
            for (; !cancelled && given < 1000; given++) {
              sink.data(new Uint8Array(10_000), true);
              await turn();
            }
          },
          pause: () => {},
          resume: () => {},
          cancel: () => {
            cancelled = true;
          },
        },
      });
    expect((await harness.send()).text).toBe('old');
    for (let i = 0; i < 20; i++) await turn();
    expect([cancelled, given]).toEqual([true, expect.toSatisfy((count) => count < 10)]);
  });

  test('survives that the network is gone', async () => {
    const harness = new Harness();
    harness.answer(SWR, 'old');
    await harness.send();
    harness.wait(2);
    harness.respond = () => Promise.reject(new Error('down'));
    await harness.send();
    await turn();
    expect((await harness.send()).text).toBe('old');
    expect(harness.seen).toHaveLength(3);
  });
});
