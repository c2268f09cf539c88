import { describe, expect, test } from 'vitest';
import { failureOf, GIVEN_UP, readAll, until } from '../suites/transport/harness.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { makeExchange, makeRequest } from '../support/fixtures.ts';
import { Http2Bench, hello, identity, tls } from '../support/http2-bench.ts';
import { roundTrips } from '../support/round-trips.ts';
import { startServer } from '../support/server.ts';

const bench = new Http2Bench();

describe('the protocol is negotiated', () => {
  test('once: requests wait for the first connection, and share it', async () => {
    await bench.start(hello, { identity });
    const sent = Array.from({ length: 10 }, () => bench.send());
    const responses = await Promise.all(sent.map(({ response }) => response));
    expect(
      responses.map(({ httpVersion, security }) => `${httpVersion} ${security?.applicationProtocol}`),
    ).toEqual(new Array(10).fill('2 h2'));
    expect(bench.server.sessions.length).toBe(1);
    const connecting = sent.map(({ events }) =>
      events.some(({ type }) => type === 'socket-started-connecting'),
    );
    expect(connecting).toEqual([true, ...new Array(9).fill(false)]);
  });

  test('down to HTTP/1.1, which then has as many connections as it takes', async () => {
    await bench.start(hello, { identity });
    const old = await startServer({ identity });
    const told: (number | null)[] = [];
    const versions = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { exchange } = makeExchange({ ask: async () => ({ allowed: true }) });
        exchange.slot = { setConcurrency: (requests) => told.push(requests) };
        const request = makeRequest({ url: `${old.origin}/hello`, options: { tls } });
        const response = await bench.transport.send(request, exchange);
        await readAll(response);
        return response.httpVersion;
      }),
    );
    expect([versions, old.connections]).toEqual([new Array(4).fill('1.1'), 4]);
    expect(told).toEqual(new Array(4).fill(null));
    await old.close();
  });

  test('to HTTP/1.1 for a request that does not want HTTP/2, beside it', async () => {
    await bench.start(hello, { identity, allowHTTP1: true });
    bench.server.onRequest((_request, response) => response.end('one'));
    const versions = [];
    for (const http2Allowed of [true, false, true]) {
      const response = await bench.send('/', { options: { tls, http2Allowed } }).response;
      versions.push([response.httpVersion, (await readAll(response)).text]);
    }
    expect(versions).toEqual([
      ['2', 'hello'],
      ['1.1', 'one'],
      ['2', 'hello'],
    ]);
    expect(bench.server.sessions.length).toBe(1);
  });

  test('without it when that is known before', async () => {
    await bench.start(hello, { identity });
    const { httpVersion, security } = await bench.send('/', { options: { tls, http2Direct: true } }).response;
    expect([httpVersion, security?.applicationProtocol]).toEqual(['2', 'h2']);
  });

  test('also when the peer has spoken before the application has looked at the connection', async () => {
    await bench.start(hello, { identity, settings: { maxConcurrentStreams: 7 } });
    const told: (number | null)[] = [];
    const { exchange } = makeExchange({
      ask: async () => {
        await until(() => bench.server.sessions.length === 1);
        await roundTrips();
        return { allowed: true };
      },
    });
    exchange.slot = { setConcurrency: (requests) => told.push(requests) };
    const request = makeRequest({ url: bench.server.origin, options: { tls } });
    expect((await readAll(await bench.transport.send(request, exchange))).text).toBe('hello');
    // It was understood.
    expect(told).toEqual([100, 7]);
  });

  test('by the next one when the first is given up', async () => {
    await bench.start(hello, { identity });
    const [first, second, third] = [bench.send(), bench.send(), bench.send()];
    first.exchange.cancel(GIVEN_UP);
    await expect(first.response).rejects.toBe(GIVEN_UP);
    expect((await readAll(await second.response)).text).toBe('hello');
    expect((await readAll(await third.response)).text).toBe('hello');
    expect(bench.server.sessions.length).toBe(1);
  });

  test('by the next one when the first declines the connection', async () => {
    await bench.start(hello, { identity });
    const first = bench.send('/', {}, { ask: async () => ({ allowed: false }) });
    const second = bench.send();
    expect((await failureOf(first)).code).toBe('operation-canceled');
    expect((await readAll(await second.response)).text).toBe('hello');
  });

  test('for nobody when the connection fails: all fail, each for its own URL', async () => {
    await bench.start(hello, { identity });
    const options = { tls: { ca: new CertificateAuthority().certificate } };
    const sent = ['/a', '/b', '/c'].map((path) => bench.send(path, { options }));
    const errors = await Promise.all(sent.map(failureOf));
    expect(sent.map(({ events }) => events.length)).toEqual([1, 0, 0]);
    expect(errors.map(({ code, url }) => [code, url])).toEqual(
      ['/a', '/b', '/c'].map((path) => ['ssl-handshake-failed', bench.server.origin + path]),
    );
  });

  test('for a connection that is opened ahead, which all use', async () => {
    await bench.start(hello, { identity });
    const { exchange } = makeExchange({ ask: async () => ({ allowed: true }) });
    const request = makeRequest({ url: bench.server.origin, options: { tls } });
    const ahead = bench.transport.connect({ request, encrypted: true }, exchange);
    await Promise.all([bench.get(), bench.get(), ahead]);
    expect(bench.server.sessions.length).toBe(1);
  });
});

describe('listeners of encrypted that never settle', () => {
  test('hold up their own request alone', async () => {
    await bench.start(hello, { identity });
    const never = () => new Promise(() => {});
    const held = bench.send('/', {}, { ask: never });
    await until(() => held.exchange.timings.secureConnectEnd > 0);
    const others = Array.from({ length: 5 }, () => bench.get());
    expect((await Promise.all(others)).map(({ text }) => text)).toEqual(new Array(5).fill('hello'));
    // They share what the first of them has opened.
    await until(
      () => bench.server.sessions.filter(({ closed, destroyed }) => !closed && !destroyed).length <= 2,
    );
    expect((await bench.get()).text).toBe('hello');
    held.exchange.cancel(GIVEN_UP);
    await expect(held.response).rejects.toBe(GIVEN_UP);
  });

  test('hold up nobody for longer than one of them would', async () => {
    await bench.start(hello, { identity });
    const never = () => new Promise(() => {});
    const held = Array.from({ length: 5 }, () => bench.send('/', {}, { ask: never }));
    await until(() => held[0]!.exchange.timings.secureConnectEnd > 0);
    expect((await bench.get()).text).toBe('hello');
    for (const { exchange } of held) exchange.cancel(GIVEN_UP);
  });
});
