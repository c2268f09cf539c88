import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { HttpHeaders, type NetworkReply, type Transport } from '../../src/index.ts';
import { NODE_TRANSPORTS } from '../support/list-bench.ts';

/** Answers every request with a large body that stalls before its end; `/odd` with a reason phrase that is none. */
let server: Server;
let origin = '';
beforeAll(async () => {
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (head) => {
      const reason = String(head).startsWith('GET /odd') ? 'a\x01b' : 'OK';
      socket.write(`HTTP/1.1 200 ${reason}\r\nContent-Length: 1000000\r\n\r\n`);
      socket.write(Buffer.alloc(500_000, 0x7b));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const failing = () =>
  new WritableStream({
    write() {
      throw new Error('disk full');
    },
  });
const disk = () => new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) });

/** Ways to read that stop early. Each ends; what it ends with does not matter here. */
const CONSUMERS: Readonly<Record<string, (manager: NetworkAccessManager) => Promise<unknown>>> = {
  'break in for await': async (manager) => {
    for await (const _ of manager.get(origin)) break;
  },
  'throw in for await': async (manager) => {
    for await (const _ of manager.get(origin)) throw new Error('no');
  },
  'an iterator that is left before its first chunk': async (manager) => {
    await manager.get(origin)[Symbol.asyncIterator]().return();
  },
  'an iterator that is left while it waits': async (manager) => {
    const iterator = manager.get(origin)[Symbol.asyncIterator]();
    for (let read = 0; read < 500_000; ) {
      const { value } = await iterator.next();
      read += value!.length;
    }
    const waiting = iterator.next();
    await iterator.return();
    expect(await waiting).toEqual({ done: true, value: undefined });
  },
  'a Node stream over it that is destroyed': async (manager) => {
    const stream = Readable.from(manager.get(origin));
    await new Promise((resolve) => stream.once('data', resolve));
    stream.destroy();
  },
  'a pipeline into a stream that fails': (manager) => pipeline(manager.get(origin), disk()),
  'pipeTo that fails': async (manager) => (await manager.fetch(origin)).body!.pipeTo(failing()),
  'a pipeline from the body of a Response': async (manager) =>
    pipeline((await manager.fetch(origin)).body as never, disk()),
  'cancel of the body': async (manager) => (await manager.fetch(origin)).body!.cancel(),
  'cancel of both clones': async (manager) => {
    const response = await manager.fetch(origin);
    const clone = response.clone();
    await Promise.all([response.body!.cancel(), clone.body!.cancel()]);
  },
  'throw in for await of the body': async (manager) => {
    for await (const _ of (await manager.fetch(origin)).body!) throw new Error('no');
  },
  'a transform that throws': async (manager) => {
    const transform = new TransformStream({
      transform() {
        throw new Error('no');
      },
    });
    await (await manager.fetch(origin)).body!.pipeThrough(transform).getReader().read();
  },
  'a signal that aborts while it is read': async (manager) => {
    const controller = new AbortController();
    const text = (await manager.fetch(origin, { signal: controller.signal })).text();
    setTimeout(() => controller.abort(), 10);
    await text;
  },
};

describe.each(NODE_TRANSPORTS)(
  'over %s, whoever stops reading lets go of the reply',
  (_name, makeTransport) => {
    let manager: NetworkAccessManager;
    beforeEach(() => {
      manager = new NetworkAccessManager({ transport: makeTransport(), connectionsPerHost: 1 });
    });
    afterEach(() => manager.close());

    test.each(Object.entries(CONSUMERS))('%s', async (_consumer, consume) => {
      const replies: NetworkReply[] = [];
      manager.on('finished', (reply) => replies.push(reply));
      // With one slot, the second one would wait for ever.
      for (let i = 0; i < 3; i++) await consume(manager).catch(() => {});
      expect(replies.map(({ isFinished }) => isFinished)).toEqual([true, true, true]);
    });

    test('a head that no Response takes', async () => {
      for (let i = 0; i < 3; i++) {
        await expect(manager.fetch(`${origin}/odd`)).rejects.toMatchObject({
          name: 'TypeError',
          cause: { code: 'protocol-failure' },
        });
      }
    });
  },
);

test('a head of a transport of one’s own that no Response takes', async () => {
  let given = 0;
  const inner = new NodeHttpTransport();
  const transport: Transport = {
    capabilities: inner.capabilities,
    send: async (request, exchange) => ({
      ...(await inner.send(request, exchange)),
      headers: HttpHeaders.adopt(['a b', 'c']),
    }),
    close: () => inner.close(),
  };
  const manager = new NetworkAccessManager({ transport, connectionsPerHost: 1 });
  for (; given < 3; given++) {
    await expect(manager.fetch(origin)).rejects.toMatchObject({
      cause: { code: 'protocol-failure', cause: expect.any(TypeError) },
    });
  }
  await manager.close();
});

test('a schema that throws is the failure of json()', async () => {
  const manager = new NetworkAccessManager({ connectionsPerHost: 1 });
  const schema = {
    '~standard': {
      version: 1,
      validate: () => {
        throw new Error('schema');
      },
    },
  } as const;
  for (let i = 0; i < 3; i++) await expect(manager.get('data:,1').json(schema)).rejects.toThrow('schema');
  await manager.close();
});
