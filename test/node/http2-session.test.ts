import { constants } from 'node:http2';
import { describe, expect, test } from 'vitest';
import type { NetworkErrorCode } from '../../src/error.ts';
import { failureOf, GIVEN_UP, readAll, textBody, UploadSource, until } from '../suites/transport/harness.ts';
import { FakeClock, makeExchange, makeRequest } from '../support/fixtures.ts';
import type { StreamHandler } from '../support/h2-server.ts';
import { Http2Bench, hello } from '../support/http2-bench.ts';
import { roundTrips } from '../support/round-trips.ts';
import type { sendOver } from '../support/wire.ts';

const bench = new Http2Bench();

type Init = Parameters<typeof sendOver>[1];

describe('the peer lets us have as many streams as it says', () => {
  const slow =
    (most: { now: number; max: number }): StreamHandler =>
    (stream) => {
      most.max = Math.max(most.max, ++most.now);
      void roundTrips().then(() => {
        most.now--;
        hello(stream, {}, 0, []);
      });
    };

  test('also when more are sent before it has said so', async () => {
    const most = { now: 0, max: 0 };
    await bench.start(slow(most), { settings: { maxConcurrentStreams: 3 } });
    const early = Promise.all(Array.from({ length: 20 }, () => bench.get()));
    expect((await early).map(({ text }) => text)).toEqual(new Array(20).fill('hello'));
    most.max = 0;
    await Promise.all(Array.from({ length: 20 }, () => bench.get()));
    expect(most.max).toBe(3);
    expect(bench.server.sessions.length).toBe(1);
  });

  test('but no more than we want', async () => {
    const most = { now: 0, max: 0 };
    await bench.start(slow(most), {}, { http2Streams: 4 });
    await Promise.all(Array.from({ length: 20 }, () => bench.get()));
    expect(most.max).toBe(4);
  });

  test('which the queue is told', async () => {
    await bench.start(hello, { settings: { maxConcurrentStreams: 7 } });
    const told: (number | null)[] = [];
    for (let i = 0; i < 2; i++) {
      const { exchange } = makeExchange();
      exchange.slot = { setConcurrency: (requests) => told.push(requests) };
      const request = makeRequest({ url: bench.server.origin, options: { http2Direct: true } });
      await readAll(await bench.transport.send(request, exchange));
    }
    expect(told).toEqual([100, 7, 7]);
  });

  test('one that waits can be given up, and is never sent', async () => {
    const seen: string[] = [];
    let answerFirst = () => {};
    await bench.start(
      (stream, headers) => {
        if (seen.push(headers[':path']!) > 1) hello(stream, headers, 0, []);
        else answerFirst = () => hello(stream, headers, 0, []);
      },
      {},
      { http2Streams: 1 },
    );
    const [first, second, third] = [bench.send('/1'), bench.send('/2'), bench.send('/3')];
    await until(() => seen.length === 1);
    second.exchange.cancel(GIVEN_UP);
    await expect(second.response).rejects.toBe(GIVEN_UP);
    answerFirst();
    await Promise.all([first, third].map(async ({ response }) => readAll(await response)));
    expect(seen).toEqual(['/1', '/3']);
  });
});

describe('the peer goes away', () => {
  test('in peace: what it has taken ends there, what comes is sent on a new connection', async () => {
    let endLast = () => {};
    await bench.start((stream, { ':path': path }) => {
      if (path === '/next') return hello(stream, {}, 0, []);
      stream.session!.goaway(constants.NGHTTP2_NO_ERROR, stream.id);
      stream.respond({ ':status': 200 });
      endLast = () => stream.end('last');
    });
    const last = await bench.send('/last').response;
    await roundTrips();
    expect((await bench.get('/next')).text).toBe('hello');
    endLast();
    expect((await readAll(last)).text).toBe('last');
    expect(bench.server.sessions.length).toBe(2);
  });

  test.each<[string, Init, boolean]>([
    ['GET', {}, true],
    ['POST that can be sent again', { method: 'POST', body: textBody('body') }, true],
    ['POST whose body is gone', { method: 'POST', body: { ...textBody('body'), replayable: false } }, false],
  ])('without having looked at a %s', async (_name, init, isRepeated) => {
    const seen: string[] = [];
    let answerFirst = () => {};
    await bench.start((stream, headers) => {
      seen.push(headers[':path']!);
      if (bench.server.sessions.length > 1) return hello(stream, headers, 0, []);
      // The first stream was taken, the second was not.
      if (headers[':path'] === '/2') stream.session!.goaway(constants.NGHTTP2_NO_ERROR, stream.id! - 2);
      else answerFirst = () => hello(stream, headers, 0, []);
    });
    const first = bench.get('/1');
    await until(() => seen.length === 1);
    const second = bench.send('/2', init);
    if (isRepeated) expect((await readAll(await second.response)).text).toBe('hello');
    else expect((await failureOf(second)).code).toBe('content-resend');
    answerFirst();
    expect((await first).text).toBe('hello');
    expect(seen).toEqual(isRepeated ? ['/1', '/2', '/2'] : ['/1', '/2']);
  });

  test('in anger: what is in flight fails by the code', async () => {
    await bench.start((stream) => stream.session!.goaway(constants.NGHTTP2_INTERNAL_ERROR, stream.id));
    expect((await failureOf(bench.send())).code).toBe('internal-server');
  });

  test.each<[string, Init, NetworkErrorCode | null]>([
    ['GET', {}, null],
    ['POST', { method: 'POST', body: textBody('body') }, 'remote-host-closed'],
  ])('without a word, on a connection that was used before: %s', async (_name, init, code) => {
    await bench.start((stream, headers) => {
      if (headers[':path'] === '/lost' && bench.server.sessions.length === 1) stream.session!.destroy();
      else hello(stream, headers, 0, []);
    });
    await bench.get();
    const lost = bench.send('/lost', init);
    if (code === null) expect((await readAll(await lost.response)).text).toBe('hello');
    else expect((await failureOf(lost)).code).toBe(code);
  });

  test('without a word, on a new connection: once, not for ever', async () => {
    await bench.start((stream) => stream.session!.destroy());
    expect((await failureOf(bench.send())).code).toBe('remote-host-closed');
    expect(bench.server.sessions.length).toBe(1);
  });

  test('in the middle of a body', async () => {
    await bench.start((stream) => {
      stream.respond({ ':status': 200 });
      stream.write('part', () => void roundTrips().then(() => stream.session!.destroy()));
    });
    const sink = await readAll(await bench.send().response);
    expect([sink.text, sink.ends, sink.failures.map(({ code }) => code)]).toEqual([
      'part',
      0,
      ['remote-host-closed'],
    ]);
  });
});

describe('a stream that the peer resets', () => {
  test('is sent again when it was refused, whatever it is', async () => {
    let refused = 0;
    await bench.start((stream, headers) => {
      if (refused++ < 3) stream.close(constants.NGHTTP2_REFUSED_STREAM);
      else hello(stream, headers, 0, []);
    });
    const sent = bench.send('/', { method: 'POST', body: textBody('body') });
    expect((await readAll(await sent.response)).text).toBe('hello');
    expect([refused, bench.server.sessions.length, sent.cancelers()]).toEqual([4, 1, 0]);
  });

  test('is not sent again for ever', async () => {
    let refused = 0;
    await bench.start((stream) => {
      refused++;
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
    });
    expect((await failureOf(bench.send())).code).toBe('protocol-failure');
    expect(refused).toBe(6);
  });

  test.each<[number, NetworkErrorCode]>([
    [constants.NGHTTP2_NO_ERROR, 'remote-host-closed'],
    [constants.NGHTTP2_PROTOCOL_ERROR, 'protocol-failure'],
    [constants.NGHTTP2_INTERNAL_ERROR, 'internal-server'],
    [constants.NGHTTP2_SETTINGS_TIMEOUT, 'timeout'],
    [constants.NGHTTP2_CANCEL, 'remote-host-closed'],
    [constants.NGHTTP2_CONNECT_ERROR, 'unknown-network'],
    [constants.NGHTTP2_ENHANCE_YOUR_CALM, 'unknown-server'],
    [constants.NGHTTP2_INADEQUATE_SECURITY, 'content-access-denied'],
    [99, 'protocol-failure'],
  ])('with code %d fails as %s, and takes nobody with it', async (code, expected) => {
    await bench.start((stream, headers) => {
      if (headers[':path'] === '/reset') stream.close(code);
      else hello(stream, headers, 0, []);
    });
    const sent = bench.send('/reset');
    const error = await failureOf(sent);
    expect([error.code, error.url]).toEqual([expected, `${bench.server.origin}/reset`]);
    expect((await bench.get()).text).toBe('hello');
    expect([bench.server.sessions.length, sent.cancelers()]).toEqual([1, 0]);
  });

  test('with its response complete stops the upload, and is a success', async () => {
    await bench.start((stream) => {
      stream.respond({ ':status': 200 });
      stream.end('enough');
      stream.on('finish', () => stream.close(constants.NGHTTP2_NO_ERROR));
    });
    const source = new UploadSource(async function* () {
      for (;;) {
        yield new Uint8Array(1000);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    });
    expect((await bench.get('/', { method: 'POST', body: source })).text).toBe('enough');
    await until(() => source.closed);
  });

  test('thousands of times leaves nothing behind', async () => {
    await bench.start((stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
    for (let round = 0; round < 20; round++) {
      const sent = Array.from({ length: 100 }, () => bench.send());
      const codes = await Promise.all(sent.map(async (one) => (await failureOf(one)).code));
      expect(new Set(codes)).toEqual(new Set(['internal-server']));
    }
    expect(bench.server.sessions.length).toBe(1);
  });
});

describe('an idle session', () => {
  test('is closed when its time is over', async () => {
    const clock = new FakeClock();
    await bench.start(hello, {}, { clock });
    await bench.get();
    const closed = new Promise((resolve) => bench.server.sessions[0]!.once('close', resolve));
    await roundTrips();
    clock.advance(119_999);
    await bench.get();
    await roundTrips();
    clock.advance(119_999);
    await roundTrips();
    expect(bench.server.sessions[0]!.closed).toBe(false);
    clock.advance(1);
    await closed;
    await bench.get();
    expect(bench.server.sessions.length).toBe(2);
  });

  test('that the peer has closed is not used', async () => {
    await bench.start(hello);
    await bench.get();
    bench.server.sessions[0]!.close();
    await roundTrips();
    expect((await bench.get()).text).toBe('hello');
    expect(bench.server.sessions.length).toBe(2);
  });
});

describe('clearConnections', () => {
  test('fails what is in flight and what waits; later requests go on', async () => {
    await bench.start(
      (stream, { ':path': path }) => path === '/next' && hello(stream, {}, 0, []),
      {},
      { http2Streams: 2 },
    );
    const sent = Array.from({ length: 4 }, () => bench.send());
    await until(() => bench.server.sessions.length === 1);
    await roundTrips();
    bench.transport.clearConnections();
    const errors = await Promise.all(sent.map(failureOf));
    expect(errors.map(({ code }) => code)).toEqual(new Array(4).fill('operation-canceled'));
    expect((await bench.get('/next')).text).toBe('hello');
    expect(bench.server.sessions.length).toBe(2);
  });
});
