import * as zlib from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { nodeDecoders } from '../../platform/node/decoders.ts';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { MemoryCache, NetworkAccessManager } from '../../platform/node/index.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

/** Servers that leave out what ends a content coding: HTTP decides whether the body is whole (nodejs/undici#2126). */

const text = 'Hamburgefonts, '.repeat(3000);
const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
const ZSTD_FLUSH = 1;
const { zstdCompressSync } = zlib as { zstdCompressSync?: (text: string, options: object) => Buffer };

const UNFINISHED: Record<string, readonly [coding: string, body: Uint8Array]> = {
  'gzip without its trailer': ['gzip', zlib.gzipSync(text).subarray(0, -8)],
  'gzip with half a trailer': ['gzip', zlib.gzipSync(text).subarray(0, -3)],
  'gzip that was flushed': ['gzip', zlib.gzipSync(text, { finishFlush: Z_SYNC_FLUSH })],
  'deflate without its trailer': ['deflate', zlib.deflateSync(text).subarray(0, -4)],
  'deflate that was flushed': ['deflate', zlib.deflateSync(text, { finishFlush: Z_SYNC_FLUSH })],
  'bare deflate that was flushed': ['deflate', zlib.deflateRawSync(text, { finishFlush: Z_SYNC_FLUSH })],
  'br that was flushed': ['br', zlib.brotliCompressSync(text, { finishFlush: BROTLI_OPERATION_FLUSH })],
};
if (nodeDecoders.codings.includes('zstd'))
  UNFINISHED['zstd that was flushed'] = ['zstd', zstdCompressSync!(text, { finishFlush: ZSTD_FLUSH })];

let server: RawServer;
let manager: NetworkAccessManager | null = null;

beforeAll(async () => {
  server = await startRawServer((socket, head) => {
    const [name, framing, fields = ''] = decodeURIComponent(head.split(' ')[1]!.slice(1)).split('|') as [
      string,
      string,
      string?,
    ];
    const [coding, whole] = UNFINISHED[name.replace(' and cut', '')]!;
    const body = name.endsWith(' and cut') ? whole.subarray(0, whole.length >> 1) : whole;
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${coding}\r\n${fields}`);
    if (framing === 'length') socket.write(`Content-Length: ${body.length}\r\n\r\n`);
    if (framing === 'chunks')
      socket.write(`Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`);
    if (framing === 'close') socket.write('Connection: close\r\n\r\n');
    socket.write(body);
    if (framing === 'chunks') socket.write('\r\n0\r\n\r\n');
    if (framing === 'close') socket.end();
  });
});
afterAll(() => server.close());
afterEach(() => manager?.close());

const urlOf = (...parts: string[]): string => `${server.origin}/${encodeURIComponent(parts.join('|'))}`;

describe.each([
  ['SocketTransport', () => new SocketTransport()],
  ['NodeHttpTransport', () => new NodeHttpTransport()],
] as const)('%s', (_name, makeTransport) => {
  describe.each(Object.keys(UNFINISHED))('%s', (name) => {
    test.each(['length', 'chunks'])('is whole where HTTP says so: %s', async (framing) => {
      manager = new NetworkAccessManager({ transport: makeTransport() });
      expect(await manager.get(urlOf(name, framing)).text()).toBe(text);
    });

    test('is an error where only the close of the connection ends it', async () => {
      manager = new NetworkAccessManager({ transport: makeTransport() });
      const error = await manager
        .get(urlOf(name, 'close'))
        .text()
        .catch((reason) => reason);
      expect(error.code).toBe('unknown-content');
    });

    test.each(['length', 'chunks', 'close'])('is an error where content is missing: %s', async (framing) => {
      manager = new NetworkAccessManager({ transport: makeTransport() });
      const error = await manager
        .get(urlOf(`${name} and cut`, framing))
        .text()
        .catch((reason) => reason);
      expect(error.code).toBe('unknown-content');
    });

    test.each([
      ['length', true],
      ['close', false],
    ])('means the same when it comes out of a cache: %s', async (framing, isWhole) => {
      manager = new NetworkAccessManager({ transport: makeTransport(), cache: new MemoryCache() });
      const url = urlOf(name, framing, 'Cache-Control: max-age=100\r\n');
      for (let i = 0; i < 3; i++) {
        const outcome = await manager
          .get(url)
          .text()
          .catch((reason) => reason.code);
        expect(outcome === text ? 'whole' : outcome).toBe(isWhole ? 'whole' : 'unknown-content');
      }
    });
  });
});
