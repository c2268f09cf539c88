import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/call/request.ts';
import { failureOf, GIVEN_UP, textBody, texts, UploadSource, until } from '../suites/transport/harness.ts';
import { againstRaw, OK } from '../support/raw-against.ts';
import type { RawHandler } from '../support/raw-server.ts';
import { roundTrips } from '../support/round-trips.ts';
import { getOver, sendOver } from '../support/wire.ts';

describe('a kept connection that turns out to be dead', () => {
  /** Answers every request but the second, on which it closes the connection after `before`. */
  const closing =
    (before: string, seen: string[]): RawHandler =>
    (socket, head, index) => {
      seen.push(head);
      if (index === 0 || seen.length > 2) socket.write(head.startsWith('HEAD') ? OK.slice(0, -2) : OK);
      else socket.end(before);
    };
  const body = () => textBody('body');
  const stream = () => new UploadSource(texts('body'), 4);

  /** How servers and proxies say that an idle connection has had its time. */
  const LATE = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

  test.each<[string, Partial<HttpRequest>, string, boolean | null]>([
    ['GET', { method: 'GET' }, '', true],
    ['HEAD', { method: 'HEAD' }, '', true],
    ['OPTIONS', { method: 'OPTIONS' }, '', true],
    ['DELETE', { method: 'DELETE' }, '', true],
    ['PUT whose body can be read again', { method: 'PUT', body: body() }, '', true],
    ['PUT whose source can be opened again', { method: 'PUT', body: stream() }, '', true],
    ['PUT whose body is gone', { method: 'PUT', body: { ...body(), replayable: false } }, '', false],
    ['POST', { method: 'POST', body: body() }, '', false],
    ['PATCH', { method: 'PATCH', body: body() }, '', false],
    ['a method that nobody knows', { method: 'FROB' }, '', false],
    ['GET that got an empty line', { method: 'GET' }, '\r\n', true],
    ['GET that got half a head', { method: 'GET' }, 'HTTP/1.1 200 OK\r\nContent-Le', true],
    ['GET that got bytes left from before', { method: 'GET' }, 'hello-world', true],
    ['POST that got half a head', { method: 'POST', body: body() }, 'HTTP/1.1 200 OK\r\nContent-Le', false],
    ['POST that got 408', { method: 'POST', body: body() }, LATE, true],
    [
      'PUT that got 408 and whose body is gone',
      { method: 'PUT', body: { ...body(), replayable: false } },
      LATE,
      null,
    ],
    ['GET that was answered with 1xx', { method: 'GET' }, 'HTTP/1.1 103 Early Hints\r\n\r\n', false],
  ])('%s', (_name, request, before, isRepeated) => {
    const seen: string[] = [];
    return againstRaw(closing(before, seen), async (server, transport) => {
      await getOver(transport, server.origin);
      const { url: _url, headers: _headers, options: _options, ...rest } = request;
      const sent = sendOver(transport, { url: server.origin, ...rest });
      if (isRepeated) {
        expect((await sent.response).status).toBe(200);
        (await sent.response).body.cancel(GIVEN_UP);
        expect([seen.length, sent.cancelers()]).toEqual([3, 0]);
        // The new connection is one of the pool.
        await getOver(transport, server.origin);
      } else if (isRepeated === null) {
        expect((await sent.response).status).toBe(408);
      } else {
        expect((await failureOf(sent)).code).toBe('remote-host-closed');
        expect([seen.length, sent.cancelers()]).toEqual([2, 0]);
      }
      expect(server.connections).toBe(isRepeated ? 2 : 1);
    });
  });

  test('is replaced by a new one, not by another old one; and only once', () => {
    const seen: number[] = [];
    return againstRaw(
      (socket, _head, index) => {
        seen.push(index);
        if (index === 0 && seen.length <= 3) socket.write(OK);
        else socket.destroy();
      },
      async (server, transport) => {
        await Promise.all([1, 2, 3].map(() => getOver(transport, server.origin)));
        expect((await failureOf(sendOver(transport, { url: server.origin }))).code).toBe(
          'remote-host-closed',
        );
        expect(seen).toEqual([0, 0, 0, 1, 0]);
      },
    );
  });

  test('gives those away that are as old', () => {
    const seen: number[] = [];
    return againstRaw(
      (socket, _head, index) => {
        seen.push(index);
        if (index === 1 && seen.length === 4) socket.destroy();
        else socket.write(OK);
      },
      async (server, transport) => {
        const three = () => Promise.all([1, 2, 3].map(() => getOver(transport, server.origin)));
        await three();
        await getOver(transport, server.origin);
        expect(seen).toEqual([0, 0, 0, 1, 0]);
        await three();
        expect(server.connections).toBe(6);
      },
    );
  });

  test('is not replaced for a request that was given up', () => {
    const seen: string[] = [];
    return againstRaw(
      (socket, head, index) => {
        seen.push(head);
        if (index === 0) socket.write(OK);
      },
      async (server, transport) => {
        await getOver(transport, server.origin);
        const { exchange, response } = sendOver(transport, { url: server.origin });
        await until(() => seen.length === 2);
        exchange.cancel(GIVEN_UP);
        await expect(response).rejects.toBe(GIVEN_UP);
        await roundTrips();
        expect(seen.length).toBe(2);
      },
    );
  });

  test('that was never used before the request is no reason to repeat it', () =>
    againstRaw(
      (socket) => socket.destroy(),
      async (server, transport) => {
        const error = await failureOf(sendOver(transport, { url: `${server.origin}/path` }));
        expect([error.code, error.url, server.connections]).toEqual([
          'remote-host-closed',
          `${server.origin}/path`,
          1,
        ]);
      },
    ));
});
