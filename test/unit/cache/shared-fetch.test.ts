import { describe, expect, test } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import { countCancelers } from '../../support/count-cancelers.ts';
import { makeResponse, readBody } from '../../support/fixtures.ts';
import { Harness } from './harness.ts';

const FRESH = { 'cache-control': 'max-age=60' };
const bytes = (text: string) => new TextEncoder().encode(text);

/** A body that arrives when it is told to. */
class SlowBody implements ResponseBody {
  sink: BodySink | null = null;
  paused = false;
  cancelled: NetworkError | null = null;

  start(sink: BodySink): void {
    this.sink = sink;
  }
  pause(): void {
    this.paused = true;
  }
  resume(): void {
    this.paused = false;
  }
  cancel(reason: NetworkError): void {
    this.cancelled = reason;
  }
  send(text: string): void {
    this.sink?.data(bytes(text), true);
  }
}

/** Reads at a pace of its own. */
class Reader {
  text = '';
  ended = false;
  error: NetworkError | null = null;
  readonly body: ResponseBody;

  constructor({ body }: HttpResponse) {
    this.body = body;
    body.start({
      data: (chunk) => {
        this.text += new TextDecoder().decode(chunk);
      },
      end: () => {
        this.ended = true;
      },
      fail: (error) => {
        this.error = error;
      },
    });
  }
}

/** An origin whose heads and bodies come on demand. */
function slowOrigin(headers: Record<string, string> = FRESH) {
  const harness = new Harness();
  const heads: ((response: HttpResponse | Promise<never>) => void)[] = [];
  harness.respond = (_request, exchange) =>
    new Promise((resolve, reject) => {
      exchange.onCancel(reject);
      heads.push(resolve);
    });
  const land = (index = 0, response: Record<string, string> = headers): SlowBody => {
    const body = new SlowBody();
    heads[index]!(makeResponse({ headers: response, body }));
    return body;
  };
  return { harness, heads, land };
}

const aborted = new NetworkError('operation-canceled', 'aborted');

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('equal requests', () => {
  test('share one exchange, each with a body of its own', async () => {
    const { harness, land } = slowOrigin();
    const opened = [harness.open(), harness.open(), harness.open()];
    await turn();
    expect(harness.seen).toHaveLength(1);
    const body = land();
    const responses = await Promise.all(opened);
    expect(responses.map(({ cacheStatus }) => cacheStatus)).toEqual([
      'fairlead; fwd=uri-miss; stored',
      'fairlead; fwd=uri-miss; stored; collapsed',
      'fairlead; fwd=uri-miss; stored; collapsed',
    ]);
    const readers = responses.map((response) => new Reader(response));
    body.send('one ');
    const late = new Reader(await harness.open());
    body.send('two');
    body.sink!.end(null);
    expect([...readers, late].map(({ text, ended }) => [text, ended])).toEqual(
      Array(4).fill(['one two', true]),
    );
    expect((await harness.send()).source).toBe('cache');
    expect(harness.seen).toHaveLength(1);
  });

  test('tells the first when its phases were, by the clock as it was when that began', async () => {
    const harness = new Harness();
    const { clock } = harness;
    const started = clock.now();
    const first = harness.exchange();
    clock.set = 5000;
    harness.respond = (_request, call) => {
      call.timings.dequeued = call.time();
      clock.advance(20);
      call.timings.responseStart = call.time();
      return makeResponse({ headers: FRESH });
    };
    await harness.open({}, first);
    expect(first.timings).toMatchObject({
      created: started,
      dequeued: started,
      lookupEnd: 0,
      responseStart: started + 20,
    });
  });

  test.each<[string, Parameters<Harness['open']>[0], Parameters<Harness['open']>[0]]>([
    ['credentials', { headers: { authorization: 'a' } }, { headers: { authorization: 'b' } }],
    ['cookies', { headers: { cookie: 'a' } }, { headers: { cookie: 'b' } }],
    ['any field', {}, { headers: { accept: 'b' } }],
    ['partitions', {}, { options: { siteForCookies: 'https://a.test' } }],
    ['client certificates', {}, { options: { tls: { cert: 'b' } } }],
    ['certificate authorities', {}, { options: { tls: { ca: ['a'] } } }],
    [
      'their bytes',
      { options: { tls: { ca: [Uint8Array.of(1)] } } },
      { options: { tls: { ca: [Uint8Array.of(2)] } } },
    ],
    ['server names', { options: { tls: { servername: 'a' } } }, { options: { tls: { servername: 'b' } } }],
    ['proxies of their own', {}, { own: { proxy: 'http://p.test' } }],
    [
      'users of one',
      { own: { proxy: { type: 'http', host: 'p.test', user: 'a' } } },
      { own: { proxy: { type: 'http', host: 'p.test', user: 'b' } } },
    ],
    [
      'fields for one',
      { own: { proxy: { type: 'http', host: 'p.test', headers: { 'x-session': '1' } } } },
      { own: { proxy: { type: 'http', host: 'p.test', headers: new Headers({ 'x-session': '2' }) } } },
    ],
    ['the way to HTTP/2', {}, { options: { http2Direct: true } }],
    ['leave for HTTP/2', {}, { options: { http2Allowed: false } }],
    ['timeouts', {}, { options: { transferTimeout: 5 } }],
    ['who keeps cookies', { options: { cookieSaveControl: 'manual' } }, {}],
    ['a reload', {}, { options: { cacheLoadControl: 'always-network' } }],
    ['ranges', {}, { headers: { range: 'bytes=0-1' } }],
  ])('differ by %s', async (_, one, other) => {
    const { harness } = slowOrigin();
    harness.open(one).catch(() => {});
    harness.open(other).catch(() => {});
    await turn();
    expect(harness.seen).toHaveLength(2);
  });

  test('may say the same of a proxy in two objects', async () => {
    const { harness } = slowOrigin();
    const proxy = { type: 'http', host: 'p.test', user: 'a' } as const;
    const one = { ...proxy, headers: { 'X-A': '1' } };
    const other = { headers: new Headers({ 'x-a': '1' }), ...proxy };
    for (const own of [{ proxy: one }, { proxy: other }]) harness.open({ own }).catch(() => {});
    await turn();
    expect(harness.seen).toHaveLength(1);
  });

  test('may say the same of TLS in two objects', async () => {
    const { harness } = slowOrigin();
    for (let i = 0; i < 2; i++)
      harness.open({ options: { tls: { ca: ['a', Uint8Array.of(1)] } } }).catch(() => {});
    await turn();
    expect(harness.seen).toHaveLength(1);
  });

  test('go alone when the response may not be stored, and do not wait again for that key', async () => {
    const { harness, heads, land } = slowOrigin({ 'cache-control': 'no-store' });
    const opened = [harness.open(), harness.open()];
    await turn();
    land();
    await turn();
    expect(harness.seen).toHaveLength(2);
    opened.push(harness.open(), harness.open());
    await turn();
    expect(harness.seen).toHaveLength(4);
    for (let i = 1; i < heads.length; i++) land(i);
    await Promise.all(opened);
  });

  test('go alone when the response may be stored but not used unvalidated', async () => {
    const { harness, land } = slowOrigin({ 'cache-control': 'no-cache', etag: '"e"' });
    const opened = [harness.open(), harness.open()];
    await turn();
    land();
    await turn();
    expect(harness.seen).toHaveLength(2);
    land(1);
    await Promise.all(opened);
  });

  test('share a failure', async () => {
    const { harness, heads } = slowOrigin();
    const opened = [harness.open(), harness.open()];
    await turn();
    heads[0]!(Promise.reject(new NetworkError('connection-refused', 'down')));
    for (const one of opened) await expect(one).rejects.toMatchObject({ code: 'connection-refused' });
  });
});

describe('an abort', () => {
  test.each(['max-age=60', 'no-store'])(
    'of the first one before the head has the others go on together, without it: %s',
    async (control) => {
      const { harness, land } = slowOrigin({ 'cache-control': control, 'set-cookie': 'a=b' });
      const first = harness.exchange();
      const opened = [harness.open({}, first), harness.open(), harness.open()];
      await turn();
      first.cancel(aborted);
      await expect(opened[0]).rejects.toBe(aborted);
      await turn();
      // What hangs for the first one would hang for them.
      expect(harness.seen).toHaveLength(2);
      const body = land(1);
      const response = await opened[1]!;
      const reader = new Reader(response);
      body.send('x');
      body.sink!.end(null);
      expect([reader.text, reader.ended, body.cancelled]).toEqual(['x', true, null]);
      // The very response, and not what is stored of it.
      expect([response.source, response.headers.get('set-cookie')]).toEqual(['network', 'a=b']);
      await turn();
      if (control === 'no-store') land(2);
      expect((await opened[2]!).source).toBe(control === 'no-store' ? 'network' : 'cache');
    },
  );

  test('of the first one while the body flows leaves the others theirs', async () => {
    const { harness, land } = slowOrigin();
    const opened = [harness.open(), harness.open()];
    await turn();
    const body = land();
    const [first, second] = (await Promise.all(opened)).map((response) => new Reader(response));
    body.send('x');
    first!.body.cancel(aborted);
    body.send('y');
    body.sink!.end(null);
    expect([first!.text, second!.text, second!.ended]).toEqual(['x', 'xy', true]);
  });

  test('of all is not shared with who comes while the exchange is still ending', async () => {
    const { harness, land } = slowOrigin();
    const { respond } = harness;
    // Fails a turn after it was cancelled.
    harness.respond = (request, exchange) =>
      Promise.resolve(respond(request, exchange)).catch((error) => turn().then(() => Promise.reject(error)));
    const first = harness.exchange();
    const given = harness.open({}, first);
    await turn();
    first.cancel(aborted);
    const later = harness.open();
    await expect(given).rejects.toBe(aborted);
    await turn();
    land(1);
    expect((await later).status).toBe(200);
  });

  test('of all ends the exchange, before the head and after it', async () => {
    const { harness, heads, land } = slowOrigin();
    const exchanges = [harness.exchange(), harness.exchange()];
    const opened = exchanges.map((exchange) => harness.open({}, exchange));
    await turn();
    for (const exchange of exchanges) exchange.cancel(aborted);
    await Promise.allSettled(opened);
    expect(heads).toHaveLength(1);

    const response = harness.open();
    await turn();
    const body = land(1);
    new Reader(await response).body.cancel(aborted);
    expect(body.cancelled).toBe(aborted);
    expect(await harness.cache.match('GET http://origin.test/')).toEqual([]);
  });
});

describe('a head that does not come', () => {
  test('costs one request its deadline, and the others nothing', async () => {
    const { harness, land } = slowOrigin();
    const polls = [harness.exchange(), harness.exchange(), harness.exchange()];
    const opened = polls.map((exchange) => harness.open({}, exchange));
    await turn();
    const settled = Promise.allSettled(opened);
    polls[0]!.cancel(aborted);
    await turn();
    land(1);
    const outcomes = await settled;
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(harness.seen).toHaveLength(2);
  });

  test('is waited for a few seconds, then every request goes alone, as do later ones', async () => {
    const { harness, heads, land } = slowOrigin();
    const opened = [harness.open(), harness.open(), harness.open()];
    await turn();
    harness.clock.advance(2999);
    await turn();
    expect(harness.seen).toHaveLength(1);
    harness.clock.advance(1);
    await turn();
    expect(harness.seen).toHaveLength(3);
    opened.push(harness.open());
    await turn();
    expect(harness.seen).toHaveLength(4);
    for (let i = 0; i < heads.length; i++) land(i);
    await Promise.all(opened);
    expect(harness.clock.pendingTimers).toBe(0);
  });

  test('is waited for no longer than the request would wait for its own', async () => {
    const { harness } = slowOrigin();
    for (let i = 0; i < 2; i++) harness.open({ options: { transferTimeout: 700 } }).catch(() => {});
    await turn();
    harness.clock.advance(700);
    await turn();
    expect(harness.seen).toHaveLength(2);
  });

  test('is not waited for through one leader after the other', async () => {
    const { harness } = slowOrigin();
    const leaders: Call[] = [];
    const open = (): void => {
      leaders.push(harness.exchange());
      harness.open({}, leaders.at(-1)).catch(() => {});
    };
    for (let i = 0; i < 3; i++) open();
    await turn();
    harness.clock.advance(2000);
    leaders[0]!.cancel(aborted);
    await turn();
    expect(harness.seen).toHaveLength(2);
    harness.clock.advance(1000);
    await turn();
    expect(harness.seen).toHaveLength(3);
  });

  test('a timeout of the first one is not that of the others', async () => {
    const { harness, land } = slowOrigin();
    const { respond } = harness;
    let idle: Call | null = null;
    harness.respond = (request, exchange) => {
      idle ??= exchange;
      return respond(request, exchange);
    };
    const opened = [harness.open(), harness.open()];
    await turn();
    idle!.cancel(new NetworkError('timeout', 'idle'));
    await expect(opened[0]).rejects.toMatchObject({ code: 'timeout' });
    await turn();
    land(1);
    expect((await opened[1]!).status).toBe(200);
  });

  test('a refusal of the first one’s listeners is not that of the others', async () => {
    const { harness, heads, land } = slowOrigin();
    const opened = [harness.open(), harness.open()];
    await turn();
    heads[0]!(Promise.reject(new NetworkError('operation-canceled', 'a listener said no')));
    await expect(opened[0]).rejects.toMatchObject({ code: 'operation-canceled' });
    await turn();
    land(1);
    expect((await opened[1]!).status).toBe(200);
  });

  test('keeps nothing of those that have left', async () => {
    const { harness } = slowOrigin();
    harness.open().catch(() => {});
    await turn();
    const second = harness.exchange();
    const cancelers = countCancelers(second);
    const opened = harness.open({}, second);
    await turn();
    second.cancel(aborted);
    await expect(opened).rejects.toBe(aborted);
    expect(cancelers.size).toBe(0);
    expect(harness.clock.pendingTimers).toBe(0);
  });
});

describe('a slow reader', () => {
  test('does not hold up the others and gets everything', async () => {
    const { harness, land } = slowOrigin();
    const opened = [harness.open(), harness.open()];
    await turn();
    const body = land();
    const [slow, fast] = (await Promise.all(opened)).map((response) => new Reader(response));
    body.send('a');
    slow!.body.pause();
    body.send('b');
    body.send('c');
    expect([slow!.text, fast!.text, body.paused]).toEqual(['a', 'abc', false]);
    slow!.body.resume();
    expect(slow!.text).toBe('abc');
    slow!.body.pause();
    body.send('d');
    body.sink!.end(null);
    expect([fast!.ended, slow!.ended]).toEqual([true, false]);
    slow!.body.resume();
    expect([slow!.text, slow!.ended]).toEqual(['abcd', true]);
  });

  test('alone stops the source, as does everybody together', async () => {
    const { harness, land } = slowOrigin();
    const opened = [harness.open(), harness.open()];
    await turn();
    const body = land();
    const readers = (await Promise.all(opened)).map((response) => new Reader(response));
    readers[0]!.body.pause();
    expect(body.paused).toBe(false);
    readers[1]!.body.pause();
    expect(body.paused).toBe(true);
    readers[0]!.body.resume();
    expect(body.paused).toBe(false);
    readers[0]!.body.cancel(new NetworkError('operation-canceled', 'x'));
    expect(body.paused).toBe(true);
  });

  test('that never starts does not lose its body', async () => {
    const { harness, land } = slowOrigin();
    const opened = [harness.open(), harness.open()];
    await turn();
    const body = land();
    const [waiting, other] = await Promise.all(opened);
    const reader = new Reader(other!);
    body.send('abc');
    body.sink!.end(null);
    expect(reader.ended).toBe(true);
    expect(await readBody(waiting!.body)).toBe('abc');
  });
});

describe('a reply that fell behind an entry that the cache refuses in the middle', () => {
  const mebibyte = new Uint8Array(1024 * 1024).fill(97);

  async function fallBehind(headers: Record<string, string>, first: 0 | 1, asked: Call[] = []) {
    const { harness, heads, land } = slowOrigin({ ...FRESH, ...headers });
    const { respond } = harness;
    harness.respond = (request, exchange) => {
      asked.push(exchange);
      return respond(request, exchange);
    };
    const exchanges = [harness.exchange(), harness.exchange()] as const;
    const opened = exchanges.map((exchange) => harness.open({}, exchange));
    await turn();
    const body = land();
    const responses = await Promise.all(opened);
    const [slow, fast] = [responses[first]!, responses[1 - first]!].map((one) => new Reader(one));
    slow!.body.pause();
    for (let i = 0; i < 40; i++) body.sink!.data(mebibyte, true);
    expect(fast!.text.length).toBe(40 * mebibyte.length);
    const begun = harness.seen.length;
    slow!.body.resume();
    await turn();
    return { harness, heads, body, slow: slow!, fast: fast!, begun, exchange: exchanges[first] };
  }

  test.each([0, 1] as const)(
    'gets the rest from the network, be it the first or the second: %i',
    async (first) => {
      const { harness, heads, body, slow, fast, begun } = await fallBehind({ etag: '"e"' }, first);
      const range = harness.seen[begun]!.headers.get('range')!;
      const offset = Number(/^bytes=(\d+)-$/.exec(range)![1]);
      expect(slow.text.length).toBe(offset);
      const rest = new SlowBody();
      const headers = { etag: '"e"', 'content-range': `bytes ${offset}-${offset + 4}/${offset + 5}` };
      heads[1]!(makeResponse({ status: 206, headers, body: rest }));
      await turn();
      rest.send('tail');
      slow.body.pause();
      expect([rest.paused, body.cancelled]).toEqual([true, null]);
      slow.body.resume();
      rest.send('!');
      rest.sink!.end(null);
      expect([slow.text.slice(offset), slow.ended, slow.error]).toEqual(['tail!', true, null]);
      body.sink!.end(null);
      expect(fast.ended).toBe(true);
    },
  );

  test.each([0, 1] as const)(
    'and is aborted while the rest is asked for gives that up, be it the first or the second: %i',
    async (first) => {
      const asked: Call[] = [];
      const { slow, fast, body, exchange } = await fallBehind({ etag: '"e"' }, first, asked);
      exchange.cancel(aborted);
      slow.body.cancel(aborted);
      expect(asked.map(({ cancelled }) => cancelled)).toEqual([null, aborted]);
      body.sink!.end(null);
      expect(fast.ended).toBe(true);
    },
  );

  test('fails without a strong validator', async () => {
    const { slow, fast, body } = await fallBehind({ etag: 'W/"e"' }, 1);
    expect(slow.error?.code).toBe('unknown-content');
    body.sink!.end(null);
    expect(fast.ended).toBe(true);
  });
});

test('a timeout of the shared exchange ends all', async () => {
  const harness = new Harness();
  const timeout = new NetworkError('timeout', 'idle');
  const body = new SlowBody();
  let give = (): void => {};
  harness.respond = (_request, exchange) => {
    give = () => exchange.cancel(timeout);
    return makeResponse({ headers: FRESH, body });
  };
  const readers = (await Promise.all([harness.open(), harness.open()])).map((one) => new Reader(one));
  give();
  expect(readers.map(({ error }) => error)).toEqual([timeout, timeout]);
});

test('an entry that the cache refuses in the middle is delivered all the same', async () => {
  const { harness, land } = slowOrigin();
  const response = harness.open();
  await turn();
  const body = land();
  const reader = new Reader(await response);
  const mebibyte = new Uint8Array(1024 * 1024);
  for (let i = 0; i < 40; i++) body.sink!.data(mebibyte, true);
  body.sink!.end(null);
  expect([reader.text.length, reader.ended]).toEqual([40 * 1024 * 1024, true]);
  expect(await harness.cache.match('GET http://origin.test/')).toEqual([]);
});
