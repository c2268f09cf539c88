import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';

/**
 * A program computes for a while, and its server closes the idle connection meanwhile. The close lies in the socket, unread,
 * when the program sends its next request: what cannot be repeated must not be sent into it.
 */

/** In a thread of its own: it closes while the client is busy. */
const SERVER = `
const { parentPort } = require('node:worker_threads');
const close = (socket) => setTimeout(() => socket.destroy(), 20);
const servers = [
  require('node:http').createServer((request, response) => response.end('ok', () => close(request.socket))),
  require('node:http2').createServer().on('stream', (stream) => {
    stream.respond();
    stream.end('ok', () => setTimeout(() => stream.session?.destroy(), 20));
  }),
];
let left = servers.length;
for (const server of servers) server.listen(0, '127.0.0.1', () => {
  if (--left === 0) parentPort.postMessage(servers.map((one) => one.address().port));
});
`;

let worker: Worker;
let ports: number[];
beforeAll(async () => {
  worker = new Worker(SERVER, { eval: true });
  [ports] = await once(worker, 'message');
});
afterAll(() => worker.terminate());

test.each([
  ['SocketTransport', () => new SocketTransport(), 0],
  ['SocketTransport over HTTP/2', () => new SocketTransport(), 1],
  ['NodeHttpTransport', () => new NodeHttpTransport(), 0],
] as const)(
  '%s: a POST is not sent into a connection that was closed while the loop stood still',
  async (_name, makeTransport, index) => {
    const manager = new NetworkAccessManager({ transport: makeTransport(), http2Direct: index === 1 });
    const never = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 8; i++) {
      const reply = manager.post(`http://127.0.0.1:${ports[index]}/`, 'once');
      expect(await reply.text()).toBe('ok');
      Atomics.wait(never, 0, 0, 60);
    }
    await manager.close();
  },
);
