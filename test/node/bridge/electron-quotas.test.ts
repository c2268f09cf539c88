/** What a frame may ask for holds for its origin in its window, whatever ports it has had. */
import { EventEmitter, once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shareManager } from '../../../platform/electron/main.ts';
import { connect } from '../../../platform/node/bridge.ts';
import { NetworkAccessManager } from '../../../platform/node/index.ts';
import { FakeClock } from '../../support/fixtures.ts';
import { Cleanup } from '../../support/listening.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.close());
const cleanup = new Cleanup();

/** Electron's MessagePortMain, over one of Node. */
function mainPortOf(port: MessagePort) {
  const events = new EventEmitter();
  port.on('message', (data) => events.emit('message', { data }));
  port.on('close', () => events.emit('close'));
  return Object.assign(events, {
    postMessage: (message: unknown) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
  });
}

const newWindow = () => Object.assign(new EventEmitter(), { id: 1, isDestroyed: () => false });

/** Windows whose pages connect, under a clock that stands still. */
function sharing(requestsPerSecond: number) {
  const clock = new FakeClock();
  const manager = new NetworkAccessManager({ clock });
  const ipcMain = new EventEmitter();
  const limits = { addresses: ['127.0.0.1'], requestsPerSecond, maximumRequests: 1 };
  const shared = shareManager(manager, { ipcMain, policy: { 'app://main': limits, 'app://other': limits } });
  cleanup.add(async () => {
    shared.close();
    await manager.close();
  });
  const told = { connected: 0, refused: [] as string[] };
  shared.on('connected', () => told.connected++);
  shared.on('refused', (reason) => told.refused.push(reason));
  /** A document of a frame hands a port over. Returns the other end. */
  const handOver = (sender: EventEmitter, routingId: number, origin = 'app://main'): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    const senderFrame = { url: `${origin}/`, origin, processId: 1, routingId, parent: null };
    const event = { sender, senderFrame, processId: 1, frameId: routingId, ports: [mainPortOf(port1)] };
    ipcMain.emit('fairlead:connect', event);
    return port2;
  };
  /** A document of a frame: its requests until it goes. */
  const visit = async (sender: EventEmitter, routingId: number, requests: number, origin = 'app://main') => {
    const port = handOver(sender, routingId, origin);
    const client = connect(port);
    let answered = 0;
    for (let i = 0; i < requests; i++) {
      answered += await client
        .get(`${server.origin}/hello`)
        .text()
        .then(
          () => 1,
          () => 0,
        );
    }
    const closed = once(port, 'close');
    await client.close();
    await closed;
    return answered;
  };
  return { clock, visit, handOver, told };
}

test('a page that reloads has what is left of its requests a second', async () => {
  const { clock, visit } = sharing(3);
  const window = newWindow();
  expect(await visit(window, 1, 2)).toBe(2);
  // The same frame, and another one of that origin.
  expect(await visit(window, 1, 3)).toBe(1);
  expect(await visit(window, 2, 1)).toBe(0);
  clock.advance(1000);
  expect(await visit(window, 1, 5)).toBe(3);
});

test('another window, and another origin in the same one, have their own', async () => {
  const { visit } = sharing(2);
  const window = newWindow();
  expect(await visit(window, 1, 3)).toBe(2);
  expect(await visit(newWindow(), 1, 3)).toBe(2);
  expect(await visit(window, 2, 3, 'app://other')).toBe(2);
});

test('ports that are handed over without end: as many as a page has use for, and that is told once', () => {
  const { clock, handOver, told } = sharing(1);
  const window = newWindow();
  const flood = (origin?: string): void => {
    for (let i = 0; i < 1000; i++) handOver(window, i % 3, origin).close();
  };
  flood();
  expect(told).toEqual({ connected: 200, refused: ['frames of app://main connect too often'] });
  clock.advance(1000);
  flood();
  expect(told).toEqual({ connected: 300, refused: Array(2).fill('frames of app://main connect too often') });
  // Another origin, and who is not served.
  flood('app://other');
  expect(told.connected).toBe(500);
  flood('app://nobody');
  expect(told.refused).toHaveLength(3 + 200 + 1);
});
