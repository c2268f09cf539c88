import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { failureOf, readAll, textBody, until } from '../suites/transport/harness.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { Cleanup } from '../support/listening.ts';
import {
  data,
  goaway,
  type RawHttp2Server,
  reset,
  startRawHttp2Server,
  statusOk,
} from '../support/raw-h2-server.ts';
import { type SentOver, sendOver } from '../support/wire.ts';

/** RFC 9113 §7. */
const HTTP_1_1_REQUIRED = 13;

const cleanup = new Cleanup();
const authority = new CertificateAuthority();
const tls = { ca: authority.certificate };

type Handler = (socket: Socket, streamId: number) => void;

interface Bench {
  readonly server: RawHttp2Server;
  readonly transport: SocketTransport;
  send(init?: Parameters<typeof sendOver>[1]): SentOver;
}

async function start(handler: Handler, isSecure = true): Promise<Bench> {
  const identity = isSecure ? { identity: authority.issue() } : {};
  const server = await startRawHttp2Server(handler, () => {}, identity);
  const transport = new SocketTransport();
  cleanup.add(async () => {
    await transport.close();
    await server.close();
  });
  const options = isSecure ? { tls } : { http2Direct: true };
  return {
    server,
    transport,
    send: (init) => sendOver(transport, { url: server.origin, options, ...init }),
  };
}

async function textOf({ response }: SentOver): Promise<string[]> {
  const { httpVersion } = await response;
  return [httpVersion, (await readAll(await response)).text];
}

describe.each<[string, Handler]>([
  ['a stream', (socket, id) => socket.write(reset(id, HTTP_1_1_REQUIRED))],
  ['a connection that has seen the request', (socket, id) => socket.write(goaway(id, HTTP_1_1_REQUIRED))],
  ['a connection that has seen nothing', (socket) => socket.write(goaway(0, HTTP_1_1_REQUIRED))],
  [
    'a connection that is closed',
    (socket, id) => {
      if (!socket.writableEnded) socket.end(goaway(id, HTTP_1_1_REQUIRED));
    },
  ],
])('%s on which HTTP/1.1 is required', (_name, handler) => {
  test.each([
    ['over TLS', true],
    ['in cleartext', false],
  ])('%s: everything goes over that, at once and later', async (_where, isSecure) => {
    let asked = 0;
    const { send, transport } = await start((socket, id) => {
      asked++;
      handler(socket, id);
    }, isSecure);
    const post = { method: 'POST', body: textBody('body') };
    const both = await Promise.all([textOf(send()), textOf(send(post))]);
    expect(both).toEqual([
      ['1.1', 'HTTP/1.1'],
      ['1.1', 'HTTP/1.1'],
    ]);
    const before = asked;
    expect(await textOf(send())).toEqual(['1.1', 'HTTP/1.1']);
    expect(asked).toBe(before);
    // Whoever starts anew asks anew.
    transport.clearConnections();
    expect(await textOf(send())).toEqual(['1.1', 'HTTP/1.1']);
    expect(asked).toBe(before + 1);
  });

  test('a body that is gone is not sent again', async () => {
    const { send } = await start(handler);
    const body = { ...textBody('body'), replayable: false };
    expect((await failureOf(send({ method: 'POST', body }))).code).toBe('content-resend');
  });
});

test('what was required is known when the last connection is gone, for other TLS material, too', async () => {
  let asked = 0;
  const { server, transport, send } = await start((socket, id) => {
    asked++;
    socket.write(reset(id, HTTP_1_1_REQUIRED));
  });
  await textOf(send());
  const other = { ...tls, servername: 'localhost' };
  const sent = sendOver(transport, { url: server.origin, options: { tls: other } });
  expect(await textOf(sent)).toEqual(['1.1', 'HTTP/1.1']);
  expect(asked).toBe(1);
});

test('what a peer takes over HTTP/2 ends there', async () => {
  let late: (() => void) | null = null;
  const { send } = await start((socket, id) => {
    if (id === 1) late = () => socket.write(Buffer.concat([statusOk(id), data(id, 'over HTTP/2', 'end')]));
    else socket.write(reset(id, HTTP_1_1_REQUIRED));
  });
  const first = send();
  await until(() => late !== null);
  expect(await textOf(send())).toEqual(['1.1', 'HTTP/1.1']);
  late!();
  expect(await textOf(first)).toEqual(['2', 'over HTTP/2']);
});
