import v8 from 'node:v8';
import vm from 'node:vm';
import { afterAll, expect, test } from 'vitest';
import { NetworkAccessManager, NetworkError, type NetworkReply } from '../../platform/node/index.ts';
import type { BodySink } from '../../src/message/body.ts';
import { collectBody } from '../../src/message/collect-body.ts';
import { collectResponse } from '../../src/message/collect-response.ts';
import { until } from '../suites/transport/harness.ts';
import { startRawServer } from '../support/raw-server.ts';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

const CHUNKS = 300_000;

/** Its chunks have one byte each, and it does not end. */
const server = await startRawServer((socket) => {
  socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
  socket.write('1\r\nx\r\n'.repeat(CHUNKS));
});
afterAll(() => server.close());

test.each<[string, (reply: NetworkReply) => void]>([
  ['are not read', () => {}],
  ['are collected for a text', (reply) => void reply.text().catch(() => {})],
])('chunks of one byte that %s take little memory beside their bytes', async (_how, read) => {
  const manager = new NetworkAccessManager();
  collect();
  const before = process.memoryUsage().heapUsed;
  const reply = manager.get({ url: server.origin, readBufferSize: 2 * CHUNKS });
  read(reply);
  await until(() => reply.bytesAvailable === CHUNKS);
  collect();
  // An object for each would be 60 MB.
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  reply.abort();
  await manager.close();
});

test('so do those that are collected for an interceptor, and those of an upload where none is streamed', async () => {
  collect();
  const before = process.memoryUsage().heapUsed;
  const chunk = new Uint8Array(1);
  let sink: BodySink | null = null;
  const start = (given: BodySink): void => {
    sink = given;
    for (let sent = 0; sent < CHUNKS; sent++) given.data(chunk, true);
  };
  const body = { start, pause: () => {}, resume: () => {}, cancel: () => {} };
  const response = collectResponse(body, CHUNKS, () => new NetworkError('unknown-content', 'too large'));
  let goOn = (): void => {};
  let isWaiting = false;
  async function* open(): AsyncGenerator<Uint8Array> {
    for (let sent = 0; sent < CHUNKS; sent++) yield new Uint8Array(1);
    isWaiting = true;
    await new Promise<void>((resolve) => {
      goOn = resolve;
    });
  }
  const upload = collectBody(
    { length: null, replayable: false, contentType: null, bytes: null, open },
    CHUNKS,
  );
  await until(() => isWaiting);
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000);
  sink!.end(null);
  goOn();
  expect([(await response).length, (await upload).length]).toEqual([CHUNKS, CHUNKS]);
});
