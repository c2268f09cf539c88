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

/** In a thread of its own: it closes while the client is busy, and counts the connections that it has closed. */
const SERVER = `
const { parentPort, workerData: closed } = require('node:worker_threads');
const close = (socket) => setTimeout(() => socket.destroy(), 20);
const servers = [
  require('node:http').createServer((request, response) => response.end('ok', () => close(request.socket))),
  require('node:http2').createServer().on('stream', (stream) => {
    // A stream that is over has none any more.
    const { session } = stream;
    stream.respond();
    stream.end('ok', () => setTimeout(() => session.destroy(), 20));
  }),
];
let left = servers.length;
for (const server of servers) server.on('connection', (socket) => socket.once('close', () => {
  Atomics.add(closed, 0, 1);
  Atomics.notify(closed, 0);
}));
for (const server of servers) server.listen(0, '127.0.0.1', () => {
  if (--left === 0) parentPort.postMessage(servers.map((one) => one.address().port));
});
`;

const closed = new Int32Array(new SharedArrayBuffer(4));
let worker: Worker;
let ports: number[];
beforeAll(async () => {
  worker = new Worker(SERVER, { eval: true, workerData: closed });
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
    for (let i = 0; i < 8; i++) {
      const before = Atomics.load(closed, 0);
      const reply = manager.post(`http://127.0.0.1:${ports[index]}/`, 'once');
      expect(await reply.text()).toBe('ok');
      expect(Atomics.wait(closed, 0, before, 20_000)).not.toBe('timed-out');
    }
    await manager.close();
  },
);
