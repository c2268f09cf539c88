import { describe, expect, test } from 'vitest';
import { Dialer } from '../../platform/node/dial/dialer.ts';
import { DIRECT_ONLY } from '../../platform/node/dial/route.ts';
import { ConnectionPool } from '../../platform/node/http/connection-pool.ts';
import type { SocketTransportOptions } from '../../platform/node/http/socket-transport.ts';
import { DEFAULT_WIRE_LIMITS } from '../../platform/node/http/wire-limits.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import { systemClock } from '../../src/util/clock.ts';
import { failureOf, GIVEN_UP, readAll, until } from '../suites/transport/harness.ts';
import { FakeClock, makeExchange, makeRequest } from '../support/fixtures.ts';
import { againstRaw, answerOk, OK } from '../support/raw-against.ts';
import { roundTrips } from '../support/round-trips.ts';
import { getOver, sendOver } from '../support/wire.ts';

describe('connections are used again', () => {
  test('the last one that was used first, and without its phases', () =>
    againstRaw(
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${socket.remotePort}`),
      async ({ origin }, transport) => {
        // Then the endpoint is trusted, and its connections rest no longer (http/rest.ts).
        for (let i = 0; i < 5; i++) await getOver(transport, origin);
        const [first, second] = await Promise.all([getOver(transport, origin), getOver(transport, origin)]);
        await roundTrips();
        const { text, exchange, events } = await getOver(transport, origin);
        await roundTrips();
        expect([first.text, second.text]).toContain(text);
        expect([text, (await getOver(transport, origin)).text]).toEqual([text, text]);
        const { lookupEnd, connectEnd, secureConnectEnd } = exchange.timings;
        expect([lookupEnd, connectEnd, secureConnectEnd]).toEqual([0, 0, 0]);
        expect(events.map(({ type }) => type)).toEqual(['request-sent']);
      },
    ));

  test.each<[string, string, number]>([
    ['HTTP/1.1', OK, 1],
    ['HTTP/1.1 that closes', OK.replace('\r\n', '\r\nConnection: close\r\n'), 3],
    ['HTTP/1.0', OK.replace('1.1', '1.0'), 3],
    ['HTTP/1.0 that stays', OK.replace('1.1 200 OK', '1.0 200 OK\r\nConnection: Keep-Alive'), 1],
    ['surplus bytes', `${OK}HTTP/1.1 200 OK\r\n`, 3],
  ])('after %s: three requests, %#', (_name, response, connections) =>
    againstRaw(
      (socket) => socket.write(response),
      async (server, transport) => {
        for (let i = 0; i < 3; i++) expect((await getOver(transport, server.origin)).text).toBe('ok');
        expect(server.connections).toBe(connections);
      },
    ),
  );

  test('by a later hop of the same exchange, which forgets the phases of the one before', () =>
    againstRaw(answerOk, async (server, transport) => {
      const { exchange } = makeExchange();
      const phases = async (): Promise<boolean[]> => {
        await readAll(await transport.send(makeRequest({ url: server.origin }), exchange));
        const { connectEnd, requestSent, responseStart } = exchange.timings;
        return [connectEnd, requestSent, responseStart].map((time) => time > 0);
      };
      expect([await phases(), await phases()]).toEqual([
        [true, true, true],
        [false, true, true],
      ]);
    }));

  test('also after a request that could not be written', () =>
    againstRaw(answerOk, async (server, transport) => {
      await getOver(transport, server.origin);
      const refused = sendOver(transport, { url: server.origin, headers: { 'Content-Length': '7' } });
      expect((await failureOf(refused)).code).toBe('protocol-invalid-operation');
      await getOver(transport, server.origin);
      expect(server.connections).toBe(1);
    }));

  test('when a body that has arrived in whole is dropped, but not when it has not', () =>
    againstRaw(
      (socket, head) =>
        socket.write(head.includes('/whole') ? OK : 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nin part'),
      async (server, transport) => {
        for (const [path, connections] of [
          ['/whole', 1],
          ['/part', 1],
          ['/whole', 2],
        ] as const) {
          const { body } = await sendOver(transport, { url: server.origin + path }).response;
          body.cancel(GIVEN_UP);
          expect(server.connections).toBe(connections);
        }
      },
    ));
});

test('an endpoint that has no connection any more is forgotten', () =>
  againstRaw(answerOk, async (server) => {
    const pool = new ConnectionPool(new Dialer(), DEFAULT_WIRE_LIMITS, systemClock);
    const request = makeRequest({ url: server.origin });
    const { exchange } = makeExchange();
    const connection = await pool.for(request, DIRECT_ONLY[0]).open(exchange, server.origin);
    expect(pool.size).toBe(1);
    await readAll(await connection.send(request, exchange, 0));
    expect(pool.size).toBe(1);
    pool.clear('the test is over');
    expect(pool.size).toBe(0);
    const closedPort = makeRequest({ url: 'http://127.0.0.1:1/' });
    const refused = pool.for(closedPort, DIRECT_ONLY[0]).open(exchange, '');
    await expect(refused).rejects.toMatchObject({ code: 'connection-refused' });
    expect(pool.size).toBe(0);
  }));

describe('connections are kept apart', () => {
  const OPTIONS: Partial<HttpRequest['options']>[] = [{}, { http2Direct: false }, { http2Allowed: false }];

  test('by host and port, not by path', () =>
    againstRaw(answerOk, async (server, transport) => {
      const other = server.origin.replace('127.0.0.1', 'localhost');
      for (const url of [server.origin, `${server.origin}/path?query`, other, other])
        await getOver(transport, url);
      expect(server.connections).toBe(2);
    }));

  test('not by options that do not matter to cleartext', () =>
    againstRaw(answerOk, async (server, transport) => {
      for (const options of OPTIONS) await getOver(transport, server.origin, options);
      expect(server.connections).toBe(1);
    }));
});

describe('idle connections', () => {
  test.each<[string, string, SocketTransportOptions, number]>([
    ['after two minutes', OK, {}, 120_000],
    ['after the time that was set', OK, { idleConnectionTimeout: 500 }, 500],
    ['before the server closes them', OK.replace('\r\n', '\r\nKeep-Alive: timeout=5\r\n'), {}, 4000],
    [
      'not later for a server that keeps them longer',
      OK.replace('\r\n', '\r\nKeep-Alive: timeout=999\r\n'),
      {},
      120_000,
    ],
    [
      'also when the server says more',
      OK.replace('\r\n', '\r\nKeep-Alive: max=100, timeout=5\r\n'),
      {},
      4000,
    ],
    ['not by a time that is none', OK.replace('\r\n', '\r\nKeep-Alive: timeout=soon\r\n'), {}, 120_000],
  ])('are closed %s', (_name, response, options, after) => {
    const clock = new FakeClock();
    let closed = 0;
    return againstRaw(
      (socket) => {
        socket.on('close', () => closed++);
        socket.write(response);
      },
      async (server, transport) => {
        await getOver(transport, server.origin);
        clock.advance(after - 1);
        await roundTrips();
        expect([closed, clock.pendingTimers]).toEqual([0, 1]);
        clock.advance(1);
        await until(() => closed === 1);
        expect(clock.pendingTimers).toBe(0);
      },
      { ...options, clock },
    );
  });

  test('are not used once their time is over, also when no timer came to close them', () => {
    const clock = new FakeClock();
    clock.setTimeout = () => ({});
    return againstRaw(
      answerOk,
      async (server, transport) => {
        await getOver(transport, server.origin);
        clock.advance(200_000);
        await getOver(transport, server.origin);
        expect(server.connections).toBe(2);
      },
      { clock },
    );
  });

  test('share one timer, which is set anew for those that are used in the meantime', () => {
    const clock = new FakeClock();
    let closed = 0;
    return againstRaw(
      (socket, _head, index) => {
        if (index === 0) socket.on('close', () => closed++);
        socket.write(OK);
      },
      async (server, transport) => {
        await Promise.all([1, 2, 3].map(() => getOver(transport, server.origin)));
        clock.advance(60_000);
        await getOver(transport, server.origin);
        expect(clock.pendingTimers).toBe(1);
        clock.advance(60_000);
        await until(() => closed === 2);
        expect(clock.pendingTimers).toBe(1);
        clock.advance(60_000);
        await until(() => closed === 3);
      },
      { clock },
    );
  });

  test('that the server closes are not tried', () => {
    const lost: string[] = [];
    let closed = 0;
    return againstRaw(
      (socket, head, index) => {
        if (index === 1) lost.push(head);
        socket.on('close', () => closed++);
        // After the turn in which the response was read.
        socket.write(OK, () => setTimeout(() => socket.end()));
      },
      async (server, transport) => {
        for (let i = 0; i < 3; i++) {
          expect((await getOver(transport, server.origin)).text).toBe('ok');
          await until(() => closed === i + 1);
        }
        expect([server.connections, lost]).toEqual([3, []]);
      },
    );
  });

  test('are closed at once by clearConnections', () => {
    let closed = 0;
    return againstRaw(
      (socket) => {
        socket.on('close', () => closed++);
        socket.write(OK);
      },
      async (server, transport) => {
        await Promise.all([getOver(transport, server.origin), getOver(transport, server.origin)]);
        transport.clearConnections();
        await until(() => closed === 2);
        await getOver(transport, server.origin);
        expect(server.connections).toBe(3);
      },
    );
  });

  test('make room for those to other hosts, connections in use do not', () => {
    let answerSlow = () => {};
    return againstRaw(
      (socket, head) => {
        if (head.includes('/slow')) answerSlow = () => socket.write(OK);
        else socket.write(OK);
      },
      async (server, transport) => {
        const slow = sendOver(transport, { url: `http://first.test:${server.port}/slow` });
        for (let i = 0; i < 300; i++) await getOver(transport, `http://host-${i}.test:${server.port}/`);
        answerSlow();
        expect((await readAll(await slow.response)).text).toBe('ok');
      },
      { lookup: (_host, _options, callback) => callback(null, '127.0.0.1', 4) },
    );
  });

  test('to very many hosts are not all kept', () =>
    againstRaw(
      answerOk,
      async (server, transport) => {
        const open = new Set<number>();
        for (let i = 0; i < 300; i++) await getOver(transport, `http://host-${i}.test:${server.port}/`);
        for (let i = 299; i > 200; i--) {
          await getOver(transport, `http://host-${i}.test:${server.port}/`);
          open.add(server.connections);
        }
        expect([...open]).toEqual([300]);
        await getOver(transport, `http://host-0.test:${server.port}/`);
        expect(server.connections).toBe(301);
      },
      { lookup: (_host, _options, callback) => callback(null, '127.0.0.1', 4) },
    ));
});
