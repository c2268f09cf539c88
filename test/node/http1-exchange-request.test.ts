import type { AddressInfo } from 'node:net';
import * as tls from 'node:tls';
import { describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import type { RequestBody } from '../../src/message/body.ts';
import { failureOf, readAll, textBody, texts, UploadSource, until } from '../suites/transport/harness.ts';
import { FakeClock } from '../support/fixtures.ts';
import { identity, tls as trust } from '../support/http2-bench.ts';
import { againstRaw, answerOk, OK } from '../support/raw-against.ts';
import type { RawHandler } from '../support/raw-server.ts';
import { roundTrips } from '../support/round-trips.ts';
import { getOver, sendOver } from '../support/wire.ts';

/** Answers, and keeps every read after the first request of a connection as text. */
function recording(): { readonly reads: string[]; readonly handler: RawHandler } {
  const reads: string[] = [];
  const handler: RawHandler = (socket, _head, index) => {
    if (index === 0) socket.on('data', (bytes) => reads.push(bytes.toString('latin1')));
    socket.write(OK);
  };
  return { reads, handler };
}

describe('the request on the wire', () => {
  /** What a server reads of the second request on a connection, read by read. */
  const writtenBy = async (
    method: string,
    body: RequestBody | null,
    headers: Record<string, string> = {},
  ): Promise<string[]> => {
    const { reads, handler } = recording();
    await againstRaw(handler, async (server, transport) => {
      await getOver(transport, server.origin);
      const url = `${server.origin}/path?query#fragment`;
      await readAll(await sendOver(transport, { url, method, body, headers }).response);
    });
    return reads.map((read) => read.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST'));
  };

  test('is one head, Host first', async () => {
    expect(await writtenBy('GET', null, { 'X-One': '1', accept: '*/*' })).toEqual([
      'GET /path?query HTTP/1.1\r\nHost: HOST\r\nX-One: 1\r\nAccept: */*\r\n\r\n',
    ]);
  });

  test('has the Host that was set', async () => {
    expect(await writtenBy('GET', null, { host: 'other.test' })).toEqual([
      'GET /path?query HTTP/1.1\r\nHost: other.test\r\n\r\n',
    ]);
  });

  test('has a body in memory in one piece with the head', async () => {
    // Every write is a record of TLS, and every record a read of the server.
    const reads: string[] = [];
    const server = tls.createServer(identity, (socket) => {
      socket.on('data', (bytes) => {
        reads.push(bytes.toString());
        socket.write(OK);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const transport = new SocketTransport();
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const options = { tls: trust, http2Allowed: false };
    const sent = sendOver(transport, { url, method: 'POST', body: textBody('the body'), options });
    await readAll(await sent.response);
    expect(reads).toEqual([expect.stringMatching(/^POST .*\r\n\r\nthe body$/s)]);
    await transport.close();
    server.close();
  });

  test('has a body of unknown length in chunks', async () => {
    const reads = await writtenBy('PUT', new UploadSource(texts('one', '', 'sixteen bytes ok')));
    expect(reads.join('')).toBe(
      'PUT /path?query HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\n' +
        '3\r\none\r\n10\r\nsixteen bytes ok\r\n0\r\n\r\n',
    );
  });

  test.each<[string, RequestBody | null, Record<string, string>]>([
    ['a length that is not the body’s', textBody('five!'), { 'content-length': '4' }],
    ['a length without a body', null, { 'content-length': '4' }],
    ['a transfer coding of one’s own', textBody('five!'), { 'transfer-encoding': 'chunked' }],
    [
      'a length for chunks',
      new UploadSource(texts('x')),
      { 'transfer-encoding': 'chunked', 'content-length': '1' },
    ],
  ])('is refused with %s', async (_name, body, headers) => {
    await againstRaw(answerOk, async (server, transport) => {
      const sent = sendOver(transport, { url: server.origin, method: 'POST', body, headers });
      expect((await failureOf(sent)).code).toBe('protocol-invalid-operation');
      expect(sent.cancelers()).toBe(0);
    });
  });
});

describe('Expect: 100-continue', () => {
  const body = () => new UploadSource(texts('body'), 4);
  const headers = { Expect: '100-continue' };

  test('is not waited for longer than a second', () => {
    const clock = new FakeClock();
    let isAsked = false;
    return againstRaw(
      (socket) => {
        isAsked = true;
        socket.once('data', () => socket.write(OK));
      },
      async (server, transport) => {
        const source = body();
        const request = { url: server.origin, method: 'PUT', body: source, headers };
        const { response, events } = sendOver(transport, request, { clock });
        // Its head has left: the timer is that of the wait, and not of the dial.
        await until(() => isAsked);
        expect(clock.pendingTimers).toBe(1);
        clock.advance(999);
        await roundTrips();
        expect(source.opened).toBe(0);
        clock.advance(1);
        expect((await response).status).toBe(200);
        expect([source.opened, clock.pendingTimers]).toEqual([1, 0]);
        expect(events.at(-1)).toEqual({ type: 'request-sent' });
      },
    );
  });

  test.each([
    ['a final response', 'HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n'],
    ['the end of the connection', ''],
  ])('leaves no timer after %s, and the connection is not used again', (_name, answer) => {
    const clock = new FakeClock();
    return againstRaw(
      (socket, head) => {
        if (!head.includes('Expect')) answerOk(socket, head, 0);
        else if (answer === '') socket.end();
        else socket.write(answer);
      },
      async (server, transport) => {
        const source = body();
        const request = { url: server.origin, method: 'POST', body: source, headers };
        const { response } = sendOver(transport, request, { clock });
        if (answer === '') await expect(response).rejects.toMatchObject({ code: 'remote-host-closed' });
        else await readAll(await response);
        expect([source.opened, clock.pendingTimers]).toEqual([0, 0]);
        await getOver(transport, server.origin);
        expect(server.connections).toBe(2);
      },
    );
  });
});

describe('an answer that comes before the request is complete', () => {
  test('is delivered while the request goes on; then the connection is closed', () => {
    let letGo = (): void => {};
    return againstRaw(
      (socket, head) => {
        if (head.startsWith('GET')) answerOk(socket, head, 0);
        else
          socket.write(
            `HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhe`,
            () => (letGo = () => socket.write('re')),
          );
      },
      async (server, transport) => {
        let pulled = 0;
        const source = new UploadSource(async function* () {
          for (;;) {
            yield new Uint8Array(10);
            pulled++;
            await new Promise((resolve) => setTimeout(resolve, 5));
          }
        });
        const response = await sendOver(transport, { url: server.origin, method: 'POST', body: source })
          .response;
        const before = pulled;
        await until(() => pulled > before + 2);
        letGo();
        expect((await readAll(response)).text).toBe('here');
        await until(() => source.closed);
        await getOver(transport, server.origin);
        expect(server.connections).toBe(2);
      },
    );
  });
});
