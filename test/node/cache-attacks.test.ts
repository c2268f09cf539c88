import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { NetworkError } from '../../src/error.ts';
import { makeResponse } from '../support/fixtures.ts';
import { Harness } from '../unit/cache/harness.ts';

/** Section D of the attack checklist, line by line. What a hostile server or neighbour tries, and what has to come of it. */
const CC = 'cache-control';
const FRESH = { [CC]: 'max-age=60', etag: '"e"' };
const KEY = 'GET http://origin.test/';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-attacks-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Asks with one set of fields, then with another, and tells where the second answer came from. */
async function second(
  response: Record<string, string>,
  first: Record<string, string>,
  next: Record<string, string>,
  wait = 0,
): Promise<string> {
  const harness = new Harness();
  harness.answer(response);
  await harness.send({ headers: first });
  harness.wait(wait);
  return (await harness.send({ headers: next })).source;
}

describe('a response for somebody else', () => {
  test('[36] Vary is obeyed', async () => {
    const vary = { ...FRESH, vary: 'Cookie' };
    expect(await second(vary, { cookie: 'user=1' }, { cookie: 'user=2' })).toBe('network');
    expect(await second(vary, { cookie: 'user=1' }, { cookie: 'user=1' })).toBe('cache');
  });

  test.each([
    ['private=""', 'private="", max-age=60'],
    ['private twice', 'private, private="x", max-age=60'],
    ['white space', 'private = "x" ,\tmax-age=60'],
    ['no end', 'private="x, max-age=60'],
  ])('[37] %s does not throw, and means no more than private', async (_name, control) => {
    const response = { [CC]: control };
    expect(await second(response, { authorization: 'me' }, { authorization: 'you' })).toBe('network');
    expect(await second(response, { authorization: 'me' }, {})).toBe('network');
  });

  test('[38] what was authorised is for the same credentials only, public or not', async () => {
    const response = { [CC]: 'public, max-age=60' };
    expect(await second(response, { authorization: 'me' }, { authorization: 'me' })).toBe('cache');
    expect(await second(response, { authorization: 'me' }, { authorization: 'you' })).toBe('network');
    expect(await second(response, { authorization: 'me' }, {})).toBe('network');
    expect(await second(response, {}, { authorization: 'me' })).toBe('network');
  });

  test('[43] Vary: * never matches; absent and empty are two', async () => {
    expect(await second({ ...FRESH, vary: '*' }, {}, {})).toBe('network');
    expect(await second({ ...FRESH, vary: 'x, *' }, { x: '1' }, { x: '1' })).toBe('network');
    expect(await second({ ...FRESH, vary: 'x' }, {}, { x: '' })).toBe('network');
  });

  test('[51] nobody shares an exchange across users, nor another one’s abort', async () => {
    const harness = new Harness();
    harness.respond = (_request, exchange) => new Promise((_, reject) => exchange.onCancel(reject));
    const exchanges = ['a', 'a', 'b'].map((authorization) => {
      const exchange = harness.exchange();
      const opened = harness.open({ headers: { authorization } }, exchange);
      return {
        exchange,
        ended: opened.then(
          () => 'answer',
          () => 'aborted',
        ),
      };
    });
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(harness.seen.map(({ headers }) => headers.get('authorization'))).toEqual(['a', 'b']);
    exchanges[0]!.exchange.cancel(new NetworkError('operation-canceled', 'aborted'));
    expect(await exchanges[0]!.ended).toBe('aborted');
    const ended: string[] = [];
    for (const exchange of exchanges.slice(1)) void exchange.ended.then((how) => ended.push(how));
    for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
    expect(ended).toEqual([]);
    for (const { exchange } of exchanges) exchange.cancel(new NetworkError('operation-canceled', 'aborted'));
  });
});

describe('a response past its time', () => {
  test.each([
    ['max-stale', 'max-age=1, must-revalidate', 'max-stale=9999'],
    ['stale-if-error', 'max-age=1, must-revalidate, stale-if-error=9999', 'stale-if-error=9999'],
  ])('[39] must-revalidate is not bypassed by %s', async (_name, control, asked) => {
    const harness = new Harness();
    harness.answer({ [CC]: control });
    await harness.send();
    harness.wait(5);
    harness.respond = () => Promise.reject(new NetworkError('connection-refused', 'down'));
    await expect(harness.send({ headers: { [CC]: asked } })).rejects.toThrow('down');
  });

  test('[40] stale-if-error is honoured when the connection fails', async () => {
    const harness = new Harness();
    harness.answer({ [CC]: 'max-age=1, stale-if-error=60' });
    await harness.send();
    harness.wait(5);
    harness.respond = () => Promise.reject(new NetworkError('host-not-found', 'down'));
    expect((await harness.send()).text).toBe('body');
  });

  test('[42] a 304 that brings a Vary re-keys the entry', async () => {
    const harness = new Harness();
    harness.answer(FRESH);
    await harness.send({ headers: { user: 'a' } });
    harness.wait(61);
    harness.answer({ ...FRESH, vary: 'user' }, '', { status: 304 });
    await harness.send({ headers: { user: 'a' } });
    harness.answer(FRESH, 'b’s');
    expect((await harness.send({ headers: { user: 'a' } })).text).toBe('body');
    expect((await harness.send({ headers: { user: 'b' } })).text).toBe('b’s');
  });

  test('[44] an unsafe method invalidates at its origin, and only there', async () => {
    const harness = new Harness();
    const urls = [
      'http://origin.test/',
      'http://origin.test/l',
      'http://origin.test/c',
      'http://victim.test/',
    ];
    harness.answer(FRESH);
    for (const url of urls) await harness.send({ url });
    harness.answer({ location: '/l', 'content-location': 'http://victim.test/' });
    await harness.send({ method: 'POST' });
    harness.answer({ location: 'http://victim.test/', 'content-location': '/c' });
    await harness.send({ method: 'PATCH' });
    harness.seen.length = 0;
    harness.answer(FRESH);
    for (const url of urls) await harness.send({ url });
    expect(harness.seen.map(({ url }) => url.href)).toEqual(urls.slice(0, 3));
  });
});

describe('pieces', () => {
  const piece = (first: number, text: string, etag: string) =>
    makeResponse({
      status: 206,
      headers: { [CC]: 'max-age=60', etag, 'content-range': `bytes ${first}-${first + text.length - 1}/8` },
      body: text,
    });

  test('[41] a part is never taken for the whole, nor combined under a weak validator', async () => {
    const harness = new Harness();
    harness.respond = () => piece(0, 'AAAA', 'W/"e"');
    await harness.send({ headers: { range: 'bytes=0-3' } });
    harness.respond = () => piece(4, 'BBBB', 'W/"e"');
    await harness.send({ headers: { range: 'bytes=4-7' } });
    harness.answer(FRESH, 'CCCCCCCC');
    expect(await harness.send()).toMatchObject({ status: 200, text: 'CCCCCCCC', source: 'network' });
  });

  test('[47] what was cut short is not stored', async () => {
    const harness = new Harness();
    harness.answer({ ...FRESH, 'content-length': '9' }, 'short');
    await harness.send();
    expect(await harness.cache.match(KEY)).toEqual([]);
  });
});

describe('keys', () => {
  // That of the parser itself: test/unit/cache/control.test.ts. Quadratic work on this would outlast the test.
  test('[45] a Cache-Control of 250 kB costs nobody anything', { timeout: 60_000 }, async () => {
    await second({ [CC]: `${'a="'.repeat(50_000)}${' ,'.repeat(50_000)}` }, {}, {});
  });

  test('[46] one resource has one key, two have two', async () => {
    const harness = new Harness();
    harness.answer(FRESH);
    const source = async (url: string, init = {}) => (await harness.send({ url, ...init })).source;
    await source('http://origin.test/a');
    for (const same of [
      'http://origin.test:80/a#x',
      'HTTP://user:pass@ORIGIN.test/a',
      'http://origin.test/b/../a',
    ]) {
      expect(await source(same)).toBe('cache');
    }
    for (const other of [
      'https://origin.test/a',
      'http://origin.test:81/a',
      'http://origin.test/A',
      'http://origin.test/a?',
      'http://origin.test//a',
    ]) {
      expect(await source(other)).toBe('network');
    }
    const partition = (siteForCookies: string) => ({ options: { siteForCookies } });
    expect(await source('http://origin.test/a', partition('https://one.test'))).toBe('network');
    // A partition cannot spell the rest of a key.
    expect(await source('http://origin.test/a', partition('https://one.test GET http://origin.test/a'))).toBe(
      'network',
    );
  });
});

describe('the disk', () => {
  test('[48] a file that was edited is a miss', async () => {
    const directory = path.join(root, 'edited');
    const harness = new Harness(new DiskCache({ directory }));
    harness.answer(FRESH, 'genuine');
    await harness.send();
    const [name] = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((one) =>
      one.endsWith('.0'),
    );
    const file = path.join(directory, name!);
    writeFileSync(file, readFileSync(file, 'latin1').replaceAll('genuine', 'forged!'), 'latin1');
    expect(await harness.send()).toMatchObject({ text: 'genuine', source: 'network' });
    await harness.cache.close();
  });

  test('[49] no key leaves the directory, and a name is not a key', async () => {
    const directory = path.join(root, 'inside', 'cache');
    const cache = new DiskCache({ directory });
    const harness = new Harness(cache);
    harness.answer(FRESH);
    for (const url of [
      'http://origin.test/..%2f..%2f..%2fetc%2fpasswd',
      `http://origin.test/${'x'.repeat(10_000)}`,
      'http://origin.test/%00',
    ]) {
      await harness.send({ url });
      expect((await harness.send({ url })).source).toBe('cache');
    }
    await cache.close();
    expect(readdirSync(path.join(root, 'inside'))).toEqual(['cache']);
  });

  test('[50] a disk that takes nothing costs nothing but itself', async () => {
    const file = path.join(root, 'a file');
    writeFileSync(file, '');
    const faults: Error[] = [];
    const harness = new Harness(new DiskCache({ directory: file, onFault: (fault) => faults.push(fault) }));
    harness.answer(FRESH);
    for (let i = 0; i < 3; i++) expect((await harness.send()).text).toBe('body');
    await harness.cache.close();
    expect(faults).toHaveLength(1);
  });
});
