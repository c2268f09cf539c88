import { constants } from 'node:http2';
import { describe, expect, test } from 'vitest';
import {
  failureOf,
  GIVEN_UP,
  RecordingSink,
  readAll,
  textBody,
  texts,
  UploadSource,
  until,
} from '../suites/transport/harness.ts';
import type { StreamHandler } from '../support/h2-server.ts';
import { Http2Bench, hello } from '../support/http2-bench.ts';
import { roundTrips } from '../support/round-trips.ts';
import type { sendOver } from '../support/wire.ts';

const bench = new Http2Bench();

type Init = Parameters<typeof sendOver>[1];

describe('a request', () => {
  test('is answered as over HTTP/1.1, but for the version and the reason', async () => {
    await bench.start((stream) => {
      stream.respond({ ':status': 404, 'x-one': ['1', '3'], 'X-Two': '2' });
      stream.end('not here');
    });
    const { response, events, exchange } = bench.send('/path?q#fragment');
    const { status, reason, httpVersion, headers, url, security, source, body } = await response;
    expect([status, reason, httpVersion, url.target, security, source]).toEqual([
      404,
      '',
      '2',
      '/path?q',
      null,
      'network',
    ]);
    expect([...headers].filter(([name]) => name !== 'date')).toEqual([
      ['x-one', '1'],
      ['x-one', '3'],
      ['x-two', '2'],
    ]);
    expect((await readAll({ body } as never)).text).toBe('not here');
    expect(events.map(({ type }) => type)).toEqual(['socket-started-connecting', 'request-sent']);
    const { connectEnd, requestSent, responseStart } = exchange.timings;
    expect([connectEnd, requestSent, responseStart].every((time) => time > 0)).toBe(true);
  });

  test('has its fields in the words of HTTP/2, and none of the connection', async () => {
    let received: string[] = [];
    await bench.start((stream, _headers, _flags, raw) => {
      received = raw;
      hello(stream, {}, 0, []);
    });
    const headers: [string, string][] = [
      ['Host', 'other.test'],
      ['Connection', 'keep-alive, X-Hop'],
      ['Keep-Alive', 'timeout=5'],
      ['Proxy-Connection', 'keep-alive'],
      ['Upgrade', 'h2c'],
      ['HTTP2-Settings', 'AAMAAABkAAQAoAAAAAIAAAAA'],
      ['Transfer-Encoding', 'chunked'],
      ['TE', 'trailers'],
      ['X-Hop', 'dropped'],
      ['X-Two', '1'],
      ['Cookie', 'a=1'],
      ['X-Two', '2'],
      ['Cookie', 'b=2'],
    ];
    const body = new UploadSource(texts('x'));
    await readAll(await bench.send('/path', { method: 'PUT', headers, body }).response);
    expect(received).toEqual([
      ...[':method', 'PUT', ':scheme', 'http', ':authority', 'other.test', ':path', '/path'],
      ...['x-two', '1', 'x-two', '2', 'cookie', 'a=1', 'cookie', 'b=2', 'te', 'trailers'],
    ]);
  });

  test.each<[string, Init, string | undefined]>([
    ['none for GET', {}, undefined],
    ['zero for POST without a body', { method: 'POST' }, '0'],
    ['that of the body', { method: 'POST', body: textBody('four') }, '4'],
    ['none when it is not known', { method: 'POST', body: new UploadSource(texts('x')) }, undefined],
  ])('has a length: %s', async (_name, init, expected) => {
    let length: string | undefined;
    await bench.start((stream, headers) => {
      length = headers['content-length'];
      hello(stream, {}, 0, []);
    });
    await readAll(await bench.send('/', init).response);
    expect(length).toBe(expected);
  });

  test.each<[string, Init]>([
    ['whose framing contradicts its body', { headers: { 'Content-Length': '5' } }],
    [
      'with a field twice that may stand once',
      {
        headers: [
          ['Referer', 'http://a/'],
          ['Referer', 'http://b/'],
        ],
      },
    ],
  ])('%s is refused', async (_name, init) => {
    await bench.start(hello);
    const sent = bench.send('/', init);
    expect((await failureOf(sent)).code).toBe('protocol-invalid-operation');
    expect(sent.cancelers()).toBe(0);
    expect((await bench.get()).text).toBe('hello');
  });

  test('is sent on one connection with all others', async () => {
    await bench.start(hello);
    const sinks = await Promise.all(Array.from({ length: 50 }, () => bench.get()));
    expect(sinks.map(({ text }) => text)).toEqual(new Array(50).fill('hello'));
    await bench.get();
    expect(bench.server.sessions.length).toBe(1);
  });
});

describe('a response', () => {
  test.each([204, 304])('with status %d has no body', async (status) => {
    await bench.start((stream) => stream.respond({ ':status': status }, { endStream: true }));
    const response = await bench.send().response;
    expect([response.status, (await readAll(response)).length]).toEqual([status, 0]);
  });

  test('to HEAD has its fields and no body', async () => {
    await bench.start((stream) =>
      stream.respond({ ':status': 200, 'content-length': 10 }, { endStream: true }),
    );
    const response = await bench.send('/', { method: 'HEAD' }).response;
    expect(response.headers.get('content-length')).toBe('10');
    expect((await readAll(response)).length).toBe(0);
  });

  test('has informational ones before it and trailers after it', async () => {
    await bench.start((stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
      stream.respond({ ':status': 200 }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '1' }));
      stream.end('body');
    });
    const { response, events } = bench.send();
    const sink = await readAll(await response);
    expect(events[2]).toMatchObject({ type: 'informational', status: 103, reason: '' });
    expect([...sink.trailers!]).toEqual([['x-sum', '1']]);
    expect(sink.text).toBe('body');
  });

  test('does not flow before start, nor while it is paused', async () => {
    let written = 0;
    await bench.start((stream) => {
      stream.respond({ ':status': 200 });
      const pump = (): void => {
        stream.write(Buffer.alloc(64 * 1024), () => {
          written += 64 * 1024;
          if (written < 64 * 1024 * 1024) pump();
          else stream.end();
        });
      };
      pump();
    });
    const { body } = await bench.send().response;
    const still = async (): Promise<number> => {
      for (let last = -1; ; await roundTrips()) {
        if (last === written) return last;
        last = written;
      }
    };
    const before = await still();
    expect(before).toBeLessThan(4 * 1024 * 1024);
    const sink = new RecordingSink();
    const flowing = sink.nextData();
    body.start(sink);
    await flowing;
    body.pause();
    expect(await still()).toBeLessThan(before + sink.length + 8 * 1024 * 1024);
    body.resume();
    expect((await sink.over).length).toBe(64 * 1024 * 1024);
  });

  test('may be paused before it starts', async () => {
    await bench.start(hello);
    const { body } = await bench.send().response;
    const sink = new RecordingSink();
    body.pause();
    body.start(sink);
    await roundTrips();
    expect(sink.length).toBe(0);
    body.resume();
    expect((await sink.over).text).toBe('hello');
  });

  test('that is cancelled resets its stream; the others go on', async () => {
    const codes: number[] = [];
    let endKept = () => {};
    await bench.start((stream, { ':path': path }) => {
      stream.respond({ ':status': 200 });
      stream.write('part');
      stream.on('close', () => path === '/dropped' && codes.push(stream.rstCode));
      if (path === '/kept') endKept = () => stream.end(' and rest');
    });
    const [dropped, kept] = await Promise.all([
      bench.send('/dropped').response,
      bench.send('/kept').response,
    ]);
    const whole = readAll(kept);
    dropped.body.cancel(GIVEN_UP);
    await until(() => codes.length > 0);
    endKept();
    expect((await whole).text).toBe('part and rest');
    expect(codes).toEqual([constants.NGHTTP2_CANCEL]);
    expect(bench.server.sessions.length).toBe(1);
  });

  test('of an exchange that is given up fails, now or when it is started', async () => {
    await bench.start((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('part');
    });
    const [flowing, waiting] = [bench.send(), bench.send()];
    const sinks = [new RecordingSink(), new RecordingSink()] as const;
    (await flowing.response).body.start(sinks[0]);
    const { body } = await waiting.response;
    flowing.exchange.cancel(GIVEN_UP);
    waiting.exchange.cancel(GIVEN_UP);
    body.start(sinks[1]);
    expect(sinks.map(({ failures }) => failures)).toEqual([[GIVEN_UP], [GIVEN_UP]]);
    expect([flowing.cancelers(), waiting.cancelers()]).toEqual([0, 0]);
  });

  const manyFields: StreamHandler = (stream) => {
    stream.respond(Object.fromEntries(Array.from({ length: 110 }, (_, i) => [`x-${i}`, 'a'])));
    stream.end('hello');
  };

  test('with more fields than Qt allows is taken', async () => {
    await bench.start(manyFields);
    expect((await bench.get()).text).toBe('hello');
  });

  test('with more fields than is allowed is refused', async () => {
    await bench.start(manyFields, {}, { responseLimits: { fields: 100 } });
    const { code, message } = await failureOf(bench.send());
    expect([code, message]).toEqual(['unknown-server', expect.stringContaining('responseLimits.fields')]);
  });

  test('has as many as it likes when nothing limits them', async () => {
    const none = Number.POSITIVE_INFINITY;
    await bench.start(manyFields, {}, { responseLimits: { fields: none, headSize: none } });
    expect((await bench.get()).text).toBe('hello');
  });
});

describe('a body goes up', () => {
  const count: StreamHandler = (stream) => {
    let received = 0;
    stream.on('data', (chunk) => (received += chunk.length));
    stream.on('end', () => {
      stream.respond({ ':status': 200 });
      stream.end(String(received));
    });
  };

  test.each<[string, () => Init['body']]>([
    ['from memory', () => ({ ...textBody(''), bytes: new Uint8Array(500_000), length: 500_000 })],
    ['from a source', () => new UploadSource(() => new Array(50).fill(new Uint8Array(10_000)), 500_000)],
    ['of unknown length', () => new UploadSource(() => new Array(50).fill(new Uint8Array(10_000)))],
  ])('%s, and tells its progress', async (_name, body) => {
    await bench.start(count);
    const { response, events } = bench.send('/', { method: 'POST', body: body()! });
    expect((await readAll(await response)).text).toBe('500000');
    const progress = events.flatMap((event) => (event.type === 'upload-progress' ? [event.sent] : []));
    expect(progress.length).toBeGreaterThan(1);
    expect(progress.at(-1)).toBe(500_000);
    expect(events.at(-1)).toEqual({ type: 'request-sent' });
  });

  test('no faster than the peer takes it', async () => {
    await bench.start((stream) => stream.pause());
    const source = new UploadSource(function* () {
      for (;;) yield new Uint8Array(64 * 1024);
    });
    const { exchange, response } = bench.send('/', { method: 'POST', body: source });
    await until(() => source.pulled > 64 * 1024);
    await roundTrips();
    expect(source.pulled).toBeLessThan(4 * 1024 * 1024);
    exchange.cancel(GIVEN_UP);
    await expect(response).rejects.toBe(GIVEN_UP);
    await until(() => source.closed);
  });

  test('when the peer says that it wants it', async () => {
    await bench.start((stream, headers) => {
      expect(headers.expect).toBe('100-continue');
      setTimeout(() => stream.additionalHeaders({ ':status': 100 }), 20);
      count(stream, headers, 0, []);
    });
    const headers = { Expect: '100-continue' };
    const { response, events } = bench.send('/', { method: 'PUT', body: textBody('four'), headers });
    expect((await readAll(await response)).text).toBe('4');
    const types = events.map(({ type }) => type).slice(1);
    expect(types).toEqual(['informational', 'upload-progress', 'request-sent']);
  });

  test('until a response is complete that came early', async () => {
    let isClosed = false;
    await bench.start((stream) => {
      stream.on('close', () => {
        isClosed = true;
      });
      stream.respond({ ':status': 413 });
      stream.end('too much');
    });
    const source = new UploadSource(async function* () {
      for (;;) {
        yield new Uint8Array(10);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    const response = await bench.send('/', { method: 'POST', body: source }).response;
    expect([response.status, (await readAll(response)).text]).toEqual([413, 'too much']);
    await until(() => source.closed && isClosed);
  });
});
