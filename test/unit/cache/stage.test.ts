import { describe, expect, test, vi } from 'vitest';
import { MemoryCache } from '../../../src/cache/storage/memory-cache.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import { UNTOLD_SECURITY } from '../../../src/message/connection-security.ts';
import { makeResponse } from '../../support/fixtures.ts';
import { Harness } from './harness.ts';
import { date } from './support.ts';

const KEY = 'GET http://origin.test/';
const CC = 'cache-control';
const FRESH = { [CC]: 'max-age=60', etag: '"e"' };
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What happens to a request that is given up from within. */
/** What the timeout of an attempt comes to. */
const timedOut = (): Promise<never> => Promise.reject(new NetworkError('timeout', 'idle'));

/** A harness in which `/` is stored. */
async function primed(headers: Record<string, string> = FRESH, body = '0123456789'): Promise<Harness> {
  const harness = new Harness();
  harness.answer({ ...headers, 'content-length': String(body.length) }, body);
  await harness.send();
  harness.seen.length = 0;
  return harness;
}

describe('a fresh response', () => {
  test('answers without the network, with its age and where it comes from', async () => {
    const harness = await primed();
    harness.wait(5);
    const answer = await harness.send();
    expect(answer).toMatchObject({
      status: 200,
      text: '0123456789',
      source: 'cache',
      cacheStatus: 'fairlead; hit; ttl=55',
    });
    expect(answer.headers.get('age')).toBe('5');
    expect(answer.headers.get('cache-status')).toBe('fairlead; hit; ttl=55');
    expect(harness.seen).toHaveLength(0);
  });

  test('tells of the first request that it was forwarded and stored, behind what other caches told', async () => {
    const harness = new Harness();
    harness.answer({ ...FRESH, 'cache-status': 'edge; hit' });
    const { headers, cacheStatus, source } = await harness.send();
    expect(cacheStatus).toBe('fairlead; fwd=uri-miss; stored');
    expect(headers.get('cache-status')).toBe('edge; hit, fairlead; fwd=uri-miss; stored');
    expect(source).toBe('network');
    expect((await harness.send()).headers.get('cache-status')).toBe('edge; hit, fairlead; hit; ttl=60');
  });

  test('answers HEAD without its body, and a range of it', async () => {
    const harness = await primed();
    const head = await harness.send({ method: 'HEAD' });
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '10']);
    const slice = await harness.send({ headers: { range: 'bytes=2-4' } });
    expect([slice.status, slice.text]).toEqual([206, '234']);
    expect(slice.headers.get('content-range')).toBe('bytes 2-4/10');
    expect(slice.headers.get('content-length')).toBe('3');
    const outside = await harness.send({ headers: { range: 'bytes=99-' } });
    expect([outside.status, outside.headers.get('content-range')]).toEqual([416, 'bytes */10']);
    expect(harness.seen).toHaveLength(0);
  });

  test('answers a condition of the caller', async () => {
    const harness = await primed();
    const answer = await harness.send({ headers: { 'if-none-match': '"e"' } });
    expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([304, '', '"e"']);
    expect(answer.headers.has('content-length')).toBe(false);
  });

  test.each([404, 301, 410])('that is a %i answers as itself whatever the condition', async (status) => {
    const harness = new Harness();
    harness.answer({ ...FRESH, date: date(0) }, 'gone', { status });
    await harness.send();
    for (const condition of [
      { 'if-modified-since': date(1) },
      { 'if-none-match': '*' },
      { 'if-none-match': '"e"' },
    ]) {
      expect(await harness.send({ headers: condition })).toMatchObject({
        status,
        text: 'gone',
        source: 'cache',
      });
    }
  });

  test('is found under its URL without fragment, and in its partition only', async () => {
    const harness = await primed();
    expect((await harness.send({ url: 'http://ORIGIN.test:80/#x' })).source).toBe('cache');
    expect((await harness.send({ url: 'http://origin.test/?' })).source).toBe('network');
    expect((await harness.send({ options: { siteForCookies: 'https://a.test' } })).source).toBe('network');
    expect((await harness.send({ options: { siteForCookies: 'https://a.test' } })).source).toBe('cache');
  });

  test('belongs to the credentials it was asked with', async () => {
    const harness = new Harness();
    harness.answer(FRESH);
    const as = (authorization: string) => harness.send({ headers: { authorization } });
    await as('Basic one');
    expect((await as('Basic one')).source).toBe('cache');
    expect((await as('Basic two')).source).toBe('network');
    expect((await harness.send()).source).toBe('network');
    expect((await harness.send({ options: { tls: { cert: 'mine' } } })).source).toBe('network');
    expect((await harness.send({ own: { proxy: 'http://u:mine@p.test' } })).source).toBe('network');
    expect((await harness.send({ own: { proxy: 'http://u:mine@p.test' } })).source).toBe('cache');
    expect((await as('Basic one')).source).toBe('cache');
    for (const stored of await harness.cache.match('GET http://origin.test/')) {
      expect(JSON.stringify(stored.metadata)).not.toMatch(/Basic|one|mine/);
    }
  });

  test('does not tell from which cookie or login it came', async () => {
    const harness = new Harness();
    harness.answer({ ...FRESH, vary: 'cookie, authorization' });
    const as = (cookie: string) => harness.send({ headers: { cookie, authorization: 'Basic secret' } });
    await as('id=secret');
    expect((await as('id=secret')).source).toBe('cache');
    expect((await as('id=other')).source).toBe('network');
    expect(JSON.stringify(await harness.cache.match('GET http://origin.test/'))).not.toMatch(/secret|other/);
  });

  test.each([
    'set-cookie',
    'set-cookie2',
    'www-authenticate',
    'authentication-info',
    'proxy-authenticate',
    'proxy-authentication-info',
    'proxy-anything',
    'strict-transport-security',
  ])('repeats no %s, which belongs to one exchange', async (name) => {
    const harness = new Harness();
    harness.answer({ ...FRESH, [name]: 'secret' });
    expect((await harness.send()).headers.get(name)).toBe('secret');
    const { headers, source } = await harness.send();
    expect([headers.get(name), source]).toEqual([null, 'cache']);
    const [stored] = await harness.cache.match(KEY);
    expect(stored!.metadata.headers).not.toContain('secret');
  });

  test('repeats none of an entry that was stored before, either', async () => {
    const harness = await primed();
    const [stored] = await harness.cache.match(KEY);
    const headers = [...stored!.metadata.headers, 'set-cookie', 'old=1', 'www-authenticate', 'Basic'];
    await harness.cache.update(KEY, stored!, { ...stored!.metadata, headers });
    const hit = await harness.send();
    expect([hit.source, hit.headers.get('set-cookie'), hit.headers.get('www-authenticate')]).toEqual([
      'cache',
      null,
      null,
    ]);
    harness.wait(61);
    harness.answer({ ...FRESH, 'set-cookie': 'new=1' }, '', { status: 304 });
    expect((await harness.send()).headers.getSetCookie()).toEqual(['new=1']);
    expect((await harness.send()).headers.getSetCookie()).toEqual([]);
  });
});

describe('what is not stored', () => {
  test.each<[string, Parameters<Harness['send']>[0], Record<string, string>]>([
    ['no-store', {}, { [CC]: 'no-store' }],
    ['Vary: *', {}, { ...FRESH, vary: '*' }],
    ['cacheSaveControl false', { options: { cacheSaveControl: false } }, FRESH],
  ])('%s', async (_, init, headers) => {
    const harness = new Harness();
    harness.answer(headers);
    expect((await harness.send(init)).cacheStatus).toBe('fairlead; fwd=uri-miss');
    await harness.send();
    expect(harness.seen).toHaveLength(2);
  });

  test('a body that was cut short, or is shorter or longer than announced', async () => {
    for (const length of ['3', '5']) {
      const harness = await new Harness();
      harness.answer({ ...FRESH, 'content-length': length }, 'four');
      await harness.send();
      expect(await harness.cache.match('GET http://origin.test/')).toEqual([]);
    }
    const harness = new Harness();
    const cut = new NetworkError('remote-host-closed', 'cut');
    harness.respond = () =>
      makeResponse({
        headers: FRESH,
        body: {
          start: (sink) => {
            sink.data(new Uint8Array(4), false);
            sink.fail(cut);
          },
          pause: () => {},
          resume: () => {},
          cancel: () => {},
        },
      });
    await expect(harness.send()).rejects.toBe(cut);
    expect(await harness.cache.match('GET http://origin.test/')).toEqual([]);
  });

  test('what a certificate error was ignored for', async () => {
    const harness = new Harness();
    harness.answer(FRESH, 'body', { security: { ...UNTOLD_SECURITY, ignoredErrors: ['CERT_HAS_EXPIRED'] } });
    await harness.send();
    await harness.send();
    expect(harness.seen).toHaveLength(2);
  });
});

describe('validation', () => {
  test('a 304 renews the entry and brings its body', async () => {
    const harness = await primed({ ...FRESH, a: '1', 'set-cookie': 'old=1' });
    harness.wait(61);
    harness.answer({ [CC]: 'max-age=30', a: '2', 'set-cookie': 'new=1' }, '', { status: 304 });
    const answer = await harness.send();
    expect(harness.seen[0]!.headers.get('if-none-match')).toBe('"e"');
    expect(answer).toMatchObject({
      status: 200,
      text: '0123456789',
      source: 'revalidated',
      cacheStatus: 'fairlead; fwd=stale; fwd-status=304',
    });
    expect([answer.headers.get('a'), answer.headers.get('set-cookie')]).toEqual(['2', 'new=1']);
    harness.wait(29);
    expect((await harness.send()).headers.get('a')).toBe('2');
    expect(harness.seen).toHaveLength(1);
  });

  test('a 304 with no-store is used once', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.answer({ [CC]: 'no-store' }, '', { status: 304 });
    expect((await harness.send()).text).toBe('0123456789');
    expect(await harness.cache.match('GET http://origin.test/')).toEqual([]);
  });

  test('a 304 for another ETag is asked again without conditions', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.respond = (request) =>
      request.headers.has('if-none-match')
        ? makeResponse({ status: 304, headers: { etag: '"other"' } })
        : makeResponse({ headers: FRESH, body: 'new' });
    expect((await harness.send()).text).toBe('new');
    expect(harness.seen).toHaveLength(2);
    expect((await harness.send()).text).toBe('new');
  });

  test('what a 304 shows to be of another version stays, and is not used unasked', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.respond = ({ headers }) =>
      headers.has('if-none-match')
        ? makeResponse({ headers: { etag: '"f"' }, status: 304 })
        : makeResponse({ headers: { [CC]: 'no-store' } });
    await harness.send();
    expect(await harness.cache.match(KEY)).toMatchObject([{ metadata: { outdated: true } }]);
  });

  test.each<[string, string, string]>([
    ['nginx, which makes it weak with gzip', 'W/"x"', '"x"'],
    ['a server that makes it strong again', '"x"', 'W/"x"'],
    ['Apache with mod_deflate', '"x-gzip"', '"x"'],
    ['Apache with mod_brotli', '"x-br"', '"x"'],
    ['Apache the other way round', '"x"', '"x-gzip"'],
    ['Jetty', 'W/"x--gzip"', '"x"'],
  ])('an ETag of a 304 may lack what the coding has done to it: %s', async (_, stored, confirmed) => {
    const harness = await primed({ [CC]: 'no-cache', etag: stored });
    harness.respond = ({ headers }) =>
      makeResponse({ headers: { etag: headers.has('if-none-match') ? confirmed : '"other"' }, status: 304 });
    for (let i = 0; i < 2; i++) {
      expect(await harness.send()).toMatchObject({ source: 'revalidated', text: '0123456789' });
    }
    // The tag stays that of the bytes.
    expect(harness.seen.map(({ headers }) => headers.get('if-none-match'))).toEqual([stored, stored]);
  });

  test('a 304 without validators to a condition of the caller says nothing of the entry', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.answer({ [CC]: 'max-age=60' }, '', { status: 304 });
    expect((await harness.send({ headers: { 'if-none-match': '"mine"' } })).status).toBe(304);
    harness.answer(FRESH, 'mine');
    expect(await harness.send()).toMatchObject({ text: 'mine', source: 'network' });
  });

  test('a part of the same version does not cost the entry', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.answer({ ...FRESH, 'content-range': 'bytes 2-4/10' }, '234', { status: 206 });
    expect(await harness.send({ headers: { range: 'bytes=2-4' } })).toMatchObject({
      status: 206,
      text: '234',
    });
    expect(await harness.cache.match('GET http://origin.test/')).toMatchObject([{ length: 10 }]);
  });

  test('a new response takes the place of the old one', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.answer({ ...FRESH, etag: '"f"' }, 'new');
    expect(await harness.send()).toMatchObject({
      text: 'new',
      source: 'network',
      cacheStatus: 'fairlead; fwd=stale; stored',
    });
    expect((await harness.send()).text).toBe('new');
    expect(await harness.cache.match('GET http://origin.test/')).toHaveLength(1);
  });

  test('a new response that may not be stored removes the old one', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.answer({ [CC]: 'no-store' }, 'new');
    await harness.send();
    expect(await harness.cache.match('GET http://origin.test/')).toEqual([]);
  });

  test('the 304 to a condition of the caller is the caller’s, and renews the entry all the same', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.answer({ [CC]: 'max-age=60', etag: '"e"' }, '', { status: 304 });
    expect((await harness.send({ headers: { 'if-none-match': '"e"' } })).status).toBe(304);
    expect((await harness.send()).source).toBe('cache');
  });

  test('of a range, then cut out of the stored body', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.answer({}, '', { status: 304 });
    expect(await harness.send({ headers: { range: 'bytes=-2' } })).toMatchObject({
      status: 206,
      text: '89',
      source: 'revalidated',
    });
  });
});

describe('trouble', () => {
  const tolerant = { [CC]: 'max-age=1, stale-if-error=60' };
  const down = () => Promise.reject(new NetworkError('connection-refused', 'down'));

  test('stale-if-error serves what is stored (undici#5507)', async () => {
    const harness = await primed(tolerant);
    harness.wait(10);
    harness.respond = down;
    expect(await harness.send()).toMatchObject({
      text: '0123456789',
      source: 'cache',
      cacheStatus: 'fairlead; fwd=stale; detail=stale-if-error',
    });
    harness.answer({}, 'oops', { status: 503 });
    expect(await harness.send()).toMatchObject({
      status: 200,
      cacheStatus: 'fairlead; fwd=stale; fwd-status=503; detail=stale-if-error',
    });
    harness.wait(60);
    expect((await harness.send()).status).toBe(503);
    harness.respond = down;
    await expect(harness.send()).rejects.toMatchObject({ code: 'connection-refused' });
  });

  test('without it trouble is trouble', async () => {
    const harness = await primed({ [CC]: 'max-age=1, must-revalidate, stale-if-error=60' });
    harness.wait(10);
    harness.respond = down;
    await expect(harness.send()).rejects.toMatchObject({ code: 'connection-refused' });
  });

  test('a server that does not answer in time is in trouble', async () => {
    const harness = await primed(tolerant);
    harness.wait(10);
    harness.respond = timedOut;
    expect(await harness.send()).toMatchObject({ text: '0123456789', source: 'cache' });
  });

  test.each<[string, () => HttpResponse | Promise<never>, string]>([
    ['a timeout', timedOut, ''],
    ['a refusal', () => Promise.reject(new NetworkError('connection-refused', 'no')), ''],
    ['a status', () => makeResponse({ status: 503 }), '; fwd-status=503'],
  ])('%s of a server is trouble for all who wait, and it is asked once', async (_, respond, status) => {
    const harness = await primed(tolerant);
    harness.wait(10);
    harness.respond = respond;
    const answers = await Promise.all([harness.send(), harness.send()]);
    expect(answers.map(({ text, cacheStatus }) => [text, cacheStatus])).toEqual([
      ['0123456789', `fairlead; fwd=stale${status}; detail=stale-if-error`],
      ['0123456789', `fairlead; fwd=stale${status}; collapsed; detail=stale-if-error`],
    ]);
    expect(harness.seen).toHaveLength(1);
  });

  test('an abort is not trouble', async () => {
    const harness = await primed(tolerant);
    harness.wait(10);
    const exchange = harness.exchange();
    harness.respond = (_request, inner) => new Promise((_, reject) => inner.onCancel(reject));
    const opened = harness.open({}, exchange);
    await Promise.resolve();
    exchange.cancel(new NetworkError('operation-canceled', 'aborted'));
    await expect(opened).rejects.toMatchObject({ code: 'operation-canceled' });
  });
});

describe('load controls', () => {
  test('always-cache: hits, stale or not, else content-not-found', async () => {
    const harness = await primed();
    const options = { cacheLoadControl: 'always-cache' } as const;
    harness.wait(9999);
    expect((await harness.send({ options })).text).toBe('0123456789');
    await expect(harness.send({ options, url: 'http://origin.test/none' })).rejects.toMatchObject({
      code: 'content-not-found',
      qtCode: 203,
    });
    expect(harness.seen).toHaveLength(0);
  });

  test('prefer-cache: stale rather than network', async () => {
    const harness = await primed();
    harness.wait(9999);
    expect((await harness.send({ options: { cacheLoadControl: 'prefer-cache' } })).source).toBe('cache');
  });

  test('always-network: network, and caches on the way are told', async () => {
    const harness = await primed();
    harness.answer(FRESH, 'new');
    expect((await harness.send({ options: { cacheLoadControl: 'always-network' } })).text).toBe('new');
    expect(harness.seen[0]!.headers.get('cache-control')).toBe('no-cache');
    expect(harness.seen[0]!.headers.get('pragma')).toBe('no-cache');
    expect((await harness.send()).text).toBe('new');
  });

  test('only-if-cached in the request: a 504', async () => {
    const answer = await new Harness().send({ headers: { [CC]: 'only-if-cached' } });
    expect([answer.status, answer.cacheStatus]).toEqual([504, 'fairlead; detail=only-if-cached']);
  });
});

describe('other methods', () => {
  test('a success invalidates the URL and those that it names at the origin', async () => {
    const harness = new Harness();
    harness.answer(FRESH);
    for (const url of ['http://origin.test/', 'http://origin.test/new', 'http://other.test/'])
      await harness.send({ url });
    harness.answer({ location: '/new', 'content-location': 'http://other.test/' }, '', { status: 201 });
    await harness.send({ method: 'M-SEARCH' });
    harness.answer(FRESH);
    expect((await harness.send()).source).toBe('network');
    expect((await harness.send({ url: 'http://origin.test/new' })).source).toBe('network');
    expect((await harness.send({ url: 'http://other.test/' })).source).toBe('cache');
  });

  test('a failure does not', async () => {
    const harness = await primed();
    harness.answer({}, '', { status: 500 });
    await harness.send({ method: 'PUT' });
    expect((await harness.send()).source).toBe('cache');
  });

  test('a POST that answers for its URL is stored for GET', async () => {
    const harness = new Harness();
    harness.answer({ expires: date(60), 'content-location': '/' }, 'posted');
    expect((await harness.send({ method: 'POST' })).cacheStatus).toBe('fairlead; fwd=method; stored');
    expect(await harness.send()).toMatchObject({ text: 'posted', source: 'cache' });
  });

  test('a GET that was under way when the URL changed is not stored', async () => {
    const harness = new Harness();
    harness.answer(FRESH, 'old');
    const response = await harness.open();
    harness.answer({}, '', { status: 204 });
    await harness.send({ method: 'DELETE' });
    response.body.start({ data: () => {}, end: () => {}, fail: () => {} });
    harness.answer(FRESH, 'new');
    expect((await harness.send()).text).toBe('new');
  });

  test('a GET that was sent before the URL changed is not stored, and shared with none that comes after', async () => {
    const harness = new Harness();
    const land: (() => void)[] = [];
    let version = 'old';
    harness.respond = ({ method }) => {
      const response = makeResponse({ headers: FRESH, body: version });
      if (method === 'GET') return new Promise((resolve) => land.push(() => resolve(response)));
      version = 'new';
      return response;
    };
    const [before] = [harness.send(), harness.send({ headers: { accept: 'x' } })];
    await turn();
    await harness.send({ method: 'PUT' });
    const after = harness.send();
    await turn();
    for (const one of land) one();
    expect((await before).text).toBe('old');
    expect(await after).toMatchObject({ text: 'new', cacheStatus: 'fairlead; fwd=uri-miss; stored' });
    expect(await harness.send()).toMatchObject({ text: 'new', source: 'cache' });
  });

  test.each([[[0, 1]], [[1, 0]]])(
    'entries that were being published when the URL changed go: %s',
    async (order) => {
      const cache = new MemoryCache();
      const insert = cache.insert.bind(cache);
      const publish: (() => void)[] = [];
      cache.insert = (key, metadata, length) => {
        const writer = insert(key, metadata, length)!;
        const commit = () =>
          new Promise<void>((resolve) => publish.push(resolve)).then(() => writer.commit());
        return {
          write: (chunk) => writer.write(chunk),
          read: writer.read.bind(writer),
          close: () => {},
          commit,
        };
      };
      const harness = new Harness(cache);
      harness.answer({ ...FRESH, vary: 'a' }, 'old');
      const before = ['1', '2'].map((a) => harness.send({ headers: { a } }));
      await turn();
      const change = harness.send({ method: 'PUT' });
      for (const one of order) {
        await turn();
        publish[one]!();
      }
      await Promise.all([...before, change]);
      expect(cache.match('GET http://origin.test/')).toEqual([]);
    },
  );

  test('HEAD updates what it describes, and has what it does not describe asked for again', async () => {
    const harness = await primed({ [CC]: 'max-age=1', a: '1' });
    harness.wait(2);
    harness.answer({ [CC]: 'max-age=60', a: '2' });
    await harness.send({ method: 'HEAD' });
    expect(await harness.send()).toMatchObject({ source: 'cache', text: '0123456789' });
    harness.wait(61);
    harness.answer({ 'content-length': '11' });
    await harness.send({ method: 'HEAD' });
    expect(await harness.cache.match(KEY)).toMatchObject([{ metadata: { outdated: true } }]);
  });

  test('what a HEAD has outdated is asked for with a condition, and current again when that holds', async () => {
    const harness = await primed({ [CC]: 'max-age=60, stale-while-revalidate=600', etag: '"e"' });
    harness.answer({ etag: '"f"' });
    await harness.send({ method: 'HEAD', options: { cacheLoadControl: 'always-network' } });
    harness.respond = ({ headers }) =>
      makeResponse({ status: headers.get('if-none-match') === '"e"' ? 304 : 500, headers: { etag: '"e"' } });
    expect((await harness.send()).source).toBe('revalidated');
    expect((await harness.send()).source).toBe('cache');
  });

  test.each<[string, number, Record<string, string>, Record<string, string>, boolean]>([
    ['that shows a change', 404, {}, {}, true],
    ['that moves', 302, {}, {}, true],
    ['that forbids storing', 200, { [CC]: 'no-store, max-age=60' }, {}, false],
    ['that does not know HEAD', 405, {}, {}, true],
    ['that wants a login', 401, {}, {}, true],
    ['that wants patience', 429, {}, {}, true],
    ['that is in trouble', 503, {}, {}, true],
    ['that denies a condition', 412, {}, { 'if-match': '"f"' }, true],
    ['that grants a condition', 304, { etag: '"e"' }, { 'if-none-match': '"e"' }, true],
    ['that grants a condition of another version', 304, { etag: '"f"' }, { 'if-none-match': '"f"' }, true],
  ])('HEAD with an answer %s', async (_, status, headers, condition, remains) => {
    const harness = await primed();
    harness.wait(61);
    harness.answer(headers, '', { status });
    await harness.send({ method: 'HEAD', headers: condition });
    expect(await harness.cache.match('GET http://origin.test/')).toHaveLength(remains ? 1 : 0);
  });

  test('HEAD renews the entry by a 304 to a condition of the caller', async () => {
    const harness = await primed();
    harness.wait(61);
    harness.answer(FRESH, '', { status: 304 });
    await harness.send({ method: 'HEAD', headers: { 'if-none-match': '"e"' } });
    expect((await harness.send()).source).toBe('cache');
  });
});

describe('a cache of somebody’s own that throws', () => {
  const broken = new Error('broken');
  const fail = (): never => {
    throw broken;
  };

  test.each<[string, Partial<MemoryCache>, string]>([
    ['insert', { insert: fail }, 'GET'],
    ['remove', { remove: fail }, 'POST'],
    ['update', { update: fail }, 'HEAD'],
  ])('in %s fails the request, and the connection is let go of', async (_method, members, method) => {
    const harness = new Harness();
    harness.answer({ 'cache-control': 'max-age=60' });
    if (method === 'HEAD') await harness.send();
    Object.assign(harness.cache, members);
    const cancel = vi.fn();
    harness.respond = () =>
      makeResponse({
        headers: { 'cache-control': 'max-age=60' },
        body: { start: () => {}, pause: () => {}, resume: () => {}, cancel },
      });
    const options = { cacheLoadControl: 'always-network' } as const;
    await expect(harness.open({ method, options })).rejects.toBe(broken);
    expect(cancel).toHaveBeenCalledOnce();
  });
});
