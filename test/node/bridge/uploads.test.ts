/** Whose memory the chunks of an upload are in, all the way: what comes back, and from whom. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest, type Http2ServerResponse } from 'node:http2';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { type BridgePolicyInput, connect, type PortInput, serve } from '../../../platform/node/bridge.ts';
import { NodeHttpTransport } from '../../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../../platform/node/index.ts';
import { CertificateAuthority } from '../../support/certificate.ts';
import { Cleanup, portOf } from '../../support/listening.ts';
import { countingTransport } from './counting-transport.ts';

const KIB = 1024;
const cleanup = new Cleanup();

/** Chunks of one size and some of others, none like another one. */
function chunks(): Uint8Array[] {
  const sizes = [...Array(64).fill(64 * KIB), 50 * KIB, 300 * KIB, 1, 17 * KIB, ...Array(20).fill(64 * KIB)];
  return sizes.map((size, at) => new Uint8Array(size).fill(at + 1));
}

async function* streamOf(all: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of all) yield chunk;
}

const hashOf = (all: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const chunk of all) hash.update(chunk);
  return hash.digest('hex');
};

/** Answers with the hash of what it got; what is sent to /again it wants once more. */
function hashing(
  request: IncomingMessage | Http2ServerRequest,
  response: ServerResponse | Http2ServerResponse,
): void {
  const hash = createHash('sha256');
  request.on('data', (chunk) => hash.update(chunk));
  request.on('end', () => {
    if (request.url === '/again') response.writeHead(307, { location: '/' }).end();
    else response.end(hash.digest('hex'));
  });
}

/** A client of a manager, and how much memory has come back to it. */
function bridge(manager: NetworkAccessManager, policy: BridgePolicyInput = {}) {
  const { port1, port2 } = new MessageChannel();
  serve(manager, port1, { addresses: ['127.0.0.1'], ...policy });
  const back = { bytes: 0 };
  port2.on('message', (messages: readonly { type: string; memory?: readonly Uint8Array[] }[]) => {
    for (const { memory = [] } of messages) back.bytes += memory.reduce((sum, { length }) => sum + length, 0);
  });
  const client = connect(port2);
  cleanup.add(async () => {
    await client.close();
    await manager.close();
  });
  return { client, back };
}

describe('what has left comes back, and what arrives is what was sent', () => {
  const authority = new CertificateAuthority();
  const identity = authority.issue();
  const tls = { ca: authority.certificate };
  test.each<[string, () => Server, object]>([
    ['HTTP/1.1', () => createServer(hashing), {}],
    ['HTTP/2', () => createSecureServer(identity, hashing) as unknown as Server, { tls }],
    [
      'HTTP/1.1 over TLS',
      () => createSecureServer({ ...identity, allowHTTP1: true }, hashing) as unknown as Server,
      { tls, http2Allowed: false },
    ],
    ['node:http', () => createServer(hashing), { transport: new NodeHttpTransport() }],
  ])('%s', async (_name, create, options) => {
    const server = await cleanup.listen(create());
    const scheme = 'tls' in options ? 'https' : 'http';
    const url = `${scheme}://127.0.0.1:${portOf(server)}/`;
    const { client, back } = bridge(new NetworkAccessManager({ proxy: 'none', ...options }));
    const sent = chunks();
    expect(await client.post(url, streamOf(sent)).text()).toBe(hashOf(sent));
    expect(back.bytes).toBeGreaterThan(2 * 1024 * KIB);
    // A list can be sent again, from the beginning.
    expect(await client.post(`${url}again`, sent).text()).toBe(hashOf(sent));
    expect(sent.every(({ length }, at) => length === chunks()[at]!.length)).toBe(true);
  });

  test('but of what a scheme takes, which may keep it: a file', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'uploads-'));
    cleanup.add(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'written');
    const { client, back } = bridge(new NetworkAccessManager(), { schemes: ['file'] });
    const sent = chunks();
    await client.put(pathToFileURL(path), streamOf(sent)).completed;
    expect(hashOf([readFileSync(path)])).toBe(hashOf(sent));
    expect(back.bytes).toBe(0);
  });
});

test('a source of very many small chunks is heard as fast as the policy lets messages be heard', async () => {
  const server = await cleanup.listen(
    createServer((request, response) => {
      let received = 0;
      request.on('data', ({ length }) => {
        received += length;
        if (received > 40_000 && !response.headersSent)
          response.writeHead(200, { connection: 'close' }).end('enough');
      });
    }),
  );
  const { client } = bridge(new NetworkAccessManager({ proxy: 'none' }));
  const line = new Uint8Array(10);
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield line;
  }
  expect(await client.post(`http://127.0.0.1:${portOf(server)}/`, endless()).text()).toBe('enough');
});

test('what a transport keeps stays its own', async () => {
  const kept: Uint8Array[] = [];
  const transport = countingTransport(() => {});
  const manager = new NetworkAccessManager({
    transport: {
      ...transport,
      async send(request, attempt) {
        for await (const chunk of request.body!.open()) kept.push(chunk);
        return transport.send(request, attempt);
      },
    },
  });
  const { client, back } = bridge(manager);
  const sent = chunks();
  await client.post('https://host.example/', streamOf(sent)).completed;
  expect([hashOf(kept), back.bytes]).toEqual([hashOf(sent), 0]);
});

test('nor does anything come back where it would be copied', async () => {
  const server = await cleanup.listen(createServer(hashing));
  const [there, here] = [new TransformStream(), new TransformStream<{ memory?: readonly unknown[] }[]>()];
  const manager = new NetworkAccessManager({ proxy: 'none' });
  serve(manager, { readable: there.readable, writable: here.writable } as PortInput, {
    addresses: ['127.0.0.1'],
  });
  let credits = 0;
  let memory = 0;
  const watched = here.readable.pipeThrough(
    new TransformStream<{ memory?: readonly unknown[] }[]>({
      transform(messages, controller) {
        for (const message of messages) {
          if (message.memory === undefined) continue;
          credits++;
          memory += message.memory.length;
        }
        controller.enqueue(messages);
      },
    }),
  );
  const client = connect({ readable: watched, writable: there.writable });
  const sent = chunks();
  expect(await client.post(`http://127.0.0.1:${portOf(server)}/`, streamOf(sent)).text()).toBe(hashOf(sent));
  expect([credits > 0, memory]).toEqual([true, 0]);
  await client.close();
  await manager.close();
});
