import type { Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { CertificateAuthority, type Identity } from '../support/certificate.ts';
import { type RawHandler, type RawServer, startRawServer } from '../support/raw-server.ts';

/**
 * Requests one after the other on a connection whose server sends something that nobody asked for behind a response. No
 * request may be answered with it, and none may fail because of it.
 */

const ROUNDS = 6;
const EVIL = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nEVIL!';

const response = (status: string, length: number, body: string): string =>
  `HTTP/1.1 ${status}\r\nContent-Length: ${length}\r\n\r\n${body}`;

interface Manners {
  /** What answers a request. */
  readonly answer: string;
  /** What follows it. Null: the end of the connection, which nothing announced. */
  readonly more: string | null;
  readonly method?: string;
}

const MANNERS: Readonly<Record<string, Manners>> = {
  'a second response': { answer: response('200 OK', 2, 'ok'), more: EVIL },
  'a second response behind 204': { answer: 'HTTP/1.1 204 No Content\r\n\r\n', more: EVIL },
  'the content that 204 announced': { answer: response('204 No Content', EVIL.length, ''), more: EVIL },
  'the content that 304 announced': { answer: response('304 Not Modified', EVIL.length, ''), more: EVIL },
  'the content that HEAD announced': {
    answer: response('200 OK', EVIL.length, ''),
    more: EVIL,
    method: 'HEAD',
  },
  'chunks that HEAD announced': {
    answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    more: '5\r\nEVIL!\r\n0\r\n\r\n',
    method: 'HEAD',
  },
  'half a response': { answer: response('200 OK', 2, 'ok'), more: 'HTTP/1.1 200 OK\r\n' },
  'an informational response': { answer: response('200 OK', 2, 'ok'), more: 'HTTP/1.1 103 x\r\n\r\n' },
  'an empty line': { answer: response('200 OK', 2, 'ok'), more: '\r\n' },
  'what is no HTTP': { answer: response('200 OK', 2, 'ok'), more: 'hello-world' },
  'a timeout': {
    answer: response('200 OK', 2, 'ok'),
    more: 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
  },
  'its end': { answer: response('200 OK', 2, 'ok'), more: null },
};

/** When that is sent: at once, in the next turn of the server's loop, or when its timer has fired. */
const DELAYS: Readonly<Record<string, (send: () => void) => void>> = {
  'with the response': (send) => send(),
  'a turn later': (send) => setImmediate(send),
  'a millisecond later': (send) => setTimeout(send, 1),
};

let identity: Identity;
let ca: string;
let server: RawServer | null = null;
let manager: NetworkAccessManager | null = null;

beforeAll(() => {
  const authority = new CertificateAuthority();
  identity = authority.issue();
  ca = authority.certificate;
});

afterEach(async () => {
  await manager?.close();
  await server?.close();
});

/** Answers `/good` after a while, and all else with bad manners. */
function misbehaving({ answer, more }: Manners, soon: (send: () => void) => void): RawHandler {
  return (socket: Socket, head) => {
    if (head.split(' ')[1] === '/good') {
      setTimeout(() => socket.destroyed || socket.write(response('200 OK', 4, 'GOOD')), 5);
      return;
    }
    socket.write(answer);
    soon(() => {
      if (more === null) socket.end();
      else if (!socket.destroyed) socket.write(more);
    });
  };
}

describe.each([
  ['SocketTransport', () => new SocketTransport(), false],
  ['SocketTransport over TLS', () => new SocketTransport(), true],
  ['NodeHttpTransport', () => new NodeHttpTransport(), false],
  ['NodeHttpTransport over TLS', () => new NodeHttpTransport(), true],
] as const)('%s', (_name, makeTransport, isSecure) => {
  describe.each(Object.keys(MANNERS))('a server that sends behind a response %s', (name) => {
    test.each(Object.keys(DELAYS))('%s', async (delay) => {
      const manners = MANNERS[name]!;
      server = await startRawServer(
        misbehaving(manners, DELAYS[delay]!),
        (socket) => socket.setNoDelay(true),
        isSecure ? identity : undefined,
      );
      manager = new NetworkAccessManager({ transport: makeTransport(), tls: isSecure ? { ca } : null });
      const seen = new Set<string>();
      for (let round = 0; round < ROUNDS; round++) {
        const bad = manager.sendCustomRequest(
          { url: `${server.origin}/bad`, throwHttpErrors: false },
          manners.method ?? 'GET',
        );
        seen.add(await bad.text());
        const good = manager.post(`${server.origin}/good`, 'not to be sent twice');
        seen.add(await good.text());
      }
      const { method, answer } = manners;
      expect([...seen]).toEqual([method === 'HEAD' || !answer.endsWith('ok') ? '' : 'ok', 'GOOD']);
    });
  });
});
