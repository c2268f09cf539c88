import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createHttp2Server, type Http2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeDecoders } from '../../platform/node/decoders.ts';
import { DiskCache } from '../../platform/node/files/disk-cache.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { NetworkAccessManager as PortableManager } from '../../platform/portable/index.ts';
import {
  AbstractNetworkCache,
  type EntryWriter,
  HttpHeaders,
  MemoryCache,
  type NetworkError,
  type SchemeHandler,
} from '../../src/index.ts';
import type { ResponseBody } from '../../src/message/body.ts';

/**
 * Whichever way a body comes in (pooled Buffers, shared read buffers, a cache's memory), and whichever way it is read:
 * the reader gets plain Uint8Arrays that are alone in their memory.
 */
const SMALL = new TextEncoder().encode('hello '.repeat(50));
const LARGE = new Uint8Array(200_000).map((_, index) => (index * 7) % 251);

const ENCODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  identity: (bytes) => bytes,
  gzip: zlib.gzipSync,
  deflate: zlib.deflateSync,
  'deflate-raw': zlib.deflateRawSync,
  br: zlib.brotliCompressSync,
  ...(nodeDecoders.codings.includes('zstd')
    ? { zstd: (zlib as unknown as { zstdCompressSync: (bytes: Uint8Array) => Uint8Array }).zstdCompressSync }
    : {}),
};

/** `/CODING/size`; with `?chunked` in two writes, with `?missing` as a 404, with `?stored` as cacheable. */
const answer: RequestListener = (request, response) => {
  const url = new URL(request.url!, 'http://test.invalid');
  const [, coding = '', size = ''] = url.pathname.split('/');
  const bytes = ENCODERS[coding]!(size === 'large' ? LARGE : SMALL);
  response.writeHead(url.searchParams.has('missing') ? 404 : 200, {
    ...(coding === 'identity' ? {} : { 'content-encoding': coding.replace('-raw', '') }),
    ...(url.searchParams.has('stored') ? { 'cache-control': 'max-age=100' } : {}),
    ...(url.searchParams.has('chunked') ? {} : { 'content-length': bytes.length }),
  });
  if (!url.searchParams.has('chunked')) return response.end(bytes);
  response.write(bytes.subarray(0, 30));
  return setImmediate(() => response.end(bytes.subarray(30)));
};

const http1 = createServer(answer);
const http2: Http2Server = createHttp2Server(answer as never);
let h1 = '';
let h2 = '';
let directory = '';

/** A chunk from Node's pool, as careless code makes them. */
const pooled = Buffer.from(SMALL);

const handlers: Readonly<Record<string, SchemeHandler>> = {
  buffers: {
    open: ({ url }) => ({
      url,
      status: 200,
      reason: '',
      httpVersion: '',
      headers: new HttpHeaders(),
      body: bodyOfBuffers(),
      security: null,
      source: 'network',
    }),
  },
  response: {
    open: () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            controller.enqueue(pooled);
            controller.close();
          },
        }),
      ),
  },
};

function bodyOfBuffers(): ResponseBody {
  return {
    start(sink) {
      sink.data(pooled, false);
      sink.end(null);
    },
    pause() {},
    resume() {},
    cancel() {},
  };
}

/** A cache of an application's own, which keeps the chunks that it is given. */
class OwnCache extends AbstractNetworkCache {
  readonly maximumSize = 1e6;
  readonly written: Uint8Array[] = [];
  match() {
    return [];
  }
  open() {
    return null;
  }
  insert(): EntryWriter {
    const chunks = this.written;
    return {
      write: (chunk) => void chunks.push(chunk),
      read: () => new Uint8Array(0),
      commit: () => {},
      close: () => {},
    };
  }
  update() {}
  remove() {}
  clear() {}
  size() {
    return 0;
  }
  async close() {}
}

const managers = {
  socket: new NetworkAccessManager({ schemes: handlers }),
  direct: new NetworkAccessManager({ http2Direct: true }),
  'node:http': new NetworkAccessManager({ transport: new NodeHttpTransport() }),
  portable: new PortableManager() as unknown as NetworkAccessManager,
  memory: new NetworkAccessManager({ cache: new MemoryCache() }),
  disk: null as unknown as NetworkAccessManager,
};

beforeAll(async () => {
  for (const server of [http1, http2])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  h1 = `http://127.0.0.1:${(http1.address() as AddressInfo).port}`;
  h2 = `http://127.0.0.1:${(http2.address() as AddressInfo).port}`;
  directory = await mkdtemp(path.join(tmpdir(), 'fairlead-own-'));
  await writeFile(path.join(directory, 'small'), SMALL);
  await writeFile(path.join(directory, 'large'), LARGE);
  managers.disk = new NetworkAccessManager({
    cache: new DiskCache({ directory: path.join(directory, 'cache') }),
  });
});
afterAll(async () => {
  for (const manager of Object.values(managers)) await manager.close();
  http1.closeAllConnections();
  http1.close();
  http2.close();
  await rm(directory, { recursive: true, force: true });
});

type Source = readonly [name: string, manager: keyof typeof managers, url: () => string, bytes: Uint8Array];

const WIRE = ['socket', 'node:http', 'portable', 'memory', 'disk'] as const;
const SOURCES: readonly Source[] = [
  ...WIRE.flatMap((manager) =>
    // Node's fetch undoes no zstd.
    Object.keys(ENCODERS)
      .filter((coding) => manager !== 'portable' || coding !== 'zstd')
      .flatMap((coding) =>
        ['', '&chunked'].flatMap((chunked): Source[] => [
          [`${manager} ${coding}${chunked}`, manager, () => `${h1}/${coding}/small?stored${chunked}`, SMALL],
          [
            `${manager} ${coding}${chunked}, large`,
            manager,
            () => `${h1}/${coding}/large?stored${chunked}`,
            LARGE,
          ],
        ]),
      ),
  ),
  ...Object.keys(ENCODERS).flatMap((coding): Source[] => [
    [`http/2 ${coding}`, 'direct', () => `${h2}/${coding}/small?chunked`, SMALL],
    [`http/2 ${coding}, large`, 'direct', () => `${h2}/${coding}/large`, LARGE],
  ]),
  ['data:', 'socket', () => `data:;base64,${Buffer.from(SMALL).toString('base64')}`, SMALL],
  ['file:', 'socket', () => pathToFileURL(path.join(directory, 'small')).href, SMALL],
  ['file:, large', 'socket', () => pathToFileURL(path.join(directory, 'large')).href, LARGE],
  ['a handler that gives Buffers', 'socket', () => 'buffers:x', SMALL],
  ['a handler whose Response gives Buffers', 'socket', () => 'response:x', SMALL],
];

type Door = (manager: NetworkAccessManager, url: string) => Promise<Uint8Array[]>;

async function chunksOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

const DOORS: Readonly<Record<string, Door>> = {
  'bytes()': async (manager, url) => [await manager.get(url).bytes()],
  'read() and readAll()': async (manager, url) => {
    const reply = await manager.get(url).completed;
    return [reply.read(3), reply.read(4), reply.readAll()];
  },
  iteration: (manager, url) => chunksOf(manager.get(url)),
  'reply.blob()': async (manager, url) => [
    new Uint8Array(await (await manager.get(url).blob()).arrayBuffer()),
  ],
  'reply.response': async (manager, url) => chunksOf((await manager.get(url).response).body!),
  'response.body': async (manager, url) => chunksOf((await fetchOf(manager, url)).body!),
  'a BYOB reader': async (manager, url) => {
    const reader = (await fetchOf(manager, url)).body!.getReader({ mode: 'byob' });
    const chunks: Uint8Array[] = [];
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(1000));
      if (done) return chunks;
      chunks.push(value.slice());
    }
  },
  'arrayBuffer()': async (manager, url) => [
    new Uint8Array(await (await fetchOf(manager, url)).arrayBuffer()),
  ],
  'response.bytes()': async (manager, url) => [await (await fetchOf(manager, url)).bytes()],
  'response.blob()': async (manager, url) => [
    new Uint8Array(await (await (await fetchOf(manager, url)).blob()).arrayBuffer()),
  ],
  'a clone': async (manager, url) => {
    const response = await fetchOf(manager, url);
    const clone = response.clone();
    void response.text();
    return [new Uint8Array(await clone.arrayBuffer())];
  },
};

/** By fetch, where that may open the scheme. */
async function fetchOf(manager: NetworkAccessManager, url: string): Promise<Response> {
  return url.startsWith('http') ? manager.fetch(url) : await manager.get(url).response;
}

function expectOwn(chunks: readonly Uint8Array[], bytes: Uint8Array): void {
  for (const chunk of chunks) {
    expect(Object.getPrototypeOf(chunk)).toBe(Uint8Array.prototype);
    expect(chunk.buffer).toBeInstanceOf(ArrayBuffer);
    expect(chunk.buffer.byteLength).toBe(chunk.byteLength);
  }
  expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
}

describe.each(Object.entries(DOORS))('%s gives bytes of the reader’s own', (_door, read) => {
  test.each(SOURCES)('%s', async (_name, manager, url, bytes) => {
    // The second time it comes from a cache, where there is one. What the first reader does with its bytes is its own affair.
    for (let time = 0; time < 2; time++) {
      const chunks = await read(managers[manager], url());
      expectOwn(chunks, bytes);
      for (const chunk of chunks) chunk.fill(0xff);
    }
  });
});

describe('other doors', () => {
  test.each(['identity', 'gzip', 'br'])('the body on an error, %s', async (coding) => {
    const error = (await managers.socket
      .get(`${h1}/${coding}/small?missing`)
      .text()
      .catch((failure: unknown) => failure)) as NetworkError;
    expectOwn([error.body!], SMALL);
  });

  test('what a cache of one’s own is given to write', async () => {
    const cache = new OwnCache();
    const manager = new NetworkAccessManager({ cache });
    await manager.get(`${h1}/identity/large?stored`).bytes();
    expectOwn(cache.written, LARGE);
    await manager.close();
  });

  test('what a scheme handler finds in a request', async () => {
    let seen: Uint8Array[] = [];
    const collect: SchemeHandler = {
      async open({ body }) {
        seen = body!.bytes === null ? [] : [body!.bytes];
        seen.push(...(await chunksOf(body!.open())));
        return new Response();
      },
    };
    const manager = new NetworkAccessManager({ schemes: { collect } });
    const inputs = [
      pooled,
      [pooled],
      (async function* () {
        yield pooled;
      })(),
    ];
    for (const input of inputs) {
      await manager.post('collect:x', input).completed;
      for (const chunk of seen) expectOwn([chunk], SMALL);
      expect(seen.length).toBeGreaterThan(0);
    }
    await manager.close();
  });
});
