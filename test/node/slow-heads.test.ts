import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

/** Bytes that are no event yet move all the same: `transferTimeout` counts the time in which none does. */

const PAUSE = 60;
const TIMEOUT = 200;
const FIELD = 'X-Field: 0123456789abcdef\r\n';

/** What the server sends, piece by piece. Together each takes more than twice the timeout. */
const PIECES: Readonly<Record<string, readonly string[]>> = {
  'the fields of a head': [
    'HTTP/1.1 200 OK\r\n',
    ...Array<string>(8).fill(FIELD),
    'Content-Length: 2\r\n\r\nok',
  ],
  'a status line, byte by byte': [...'HTTP/1.1 ', '200 OK\r\nContent-Length: 2\r\n\r\nok'],
  'one long field': ['HTTP/1.1 200 OK\r\nA: ', ...'bcdefghi', '\r\nContent-Length: 2\r\n\r\nok'],
  'a chunk extension': [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;',
    ...'abcdefgh',
    '\r\nok\r\n0\r\n\r\n',
  ],
  trailers: [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n',
    ...Array<string>(8).fill(FIELD),
    '\r\n',
  ],
};

let server: RawServer;
beforeAll(async () => {
  server = await startRawServer((socket, head) => {
    const pieces = [...(PIECES[decodeURIComponent(head.split(' ')[1]!.slice(1))] ?? ['HTTP/1.1 200 OK\r\n'])];
    const timer = setInterval(() => {
      const piece = pieces.shift();
      if (piece === undefined || socket.destroyed) clearInterval(timer);
      else socket.write(piece);
    }, PAUSE);
  });
});
afterAll(() => server.close());

describe.each([
  ['SocketTransport', () => new SocketTransport()],
  ['NodeHttpTransport', () => new NodeHttpTransport()],
] as const)('%s', (_name, makeTransport) => {
  const get = async (path: string): Promise<string> => {
    const manager = new NetworkAccessManager({ transport: makeTransport(), transferTimeout: TIMEOUT });
    const url = `${server.origin}/${encodeURIComponent(path)}`;
    const text = await manager
      .get(url)
      .text()
      .catch((error) => error.code);
    await manager.close();
    return text;
  };

  test.concurrent.each(Object.keys(PIECES))('no time passes while these arrive: %s', async (path) => {
    expect(await get(path)).toBe('ok');
  });

  test.concurrent('it does when nothing more of them comes', async () => {
    expect(await get('stalls')).toBe('timeout');
  });
});
