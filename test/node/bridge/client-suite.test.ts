import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, beforeAll } from 'vitest';
import {
  type BridgePort,
  connect,
  duplexPort,
  type PortInput,
  serve,
} from '../../../platform/node/bridge.ts';
import { socketCapabilities } from '../../../platform/node/http-module-transport/capabilities.ts';
import { MemoryCache, NetworkAccessManager } from '../../../platform/node/index.ts';
import { testClient } from '../../suites/client.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { copyingPorts, streamPorts } from './ports.ts';
import { SUITE_POLICY } from './suite-policy.ts';

let server: TestServer;
let thread: Worker;
beforeAll(async () => {
  server = await startServer();
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'fixtures', 'owner-thread.ts')],
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    define: { 'import.meta.url': '__filename' },
  });
  thread = new Worker(outputFiles[0]!.text, { eval: true });
});
afterAll(async () => {
  await thread.terminate();
  await server.close();
});

const origin = (): string => server.origin;
const makeManager = (): NetworkAccessManager => new NetworkAccessManager({ cache: new MemoryCache() });

testClient('a manager', {
  origin,
  capabilities: socketCapabilities,
  async connect() {
    const client = makeManager();
    return { client, end: () => client.close() };
  },
});

const PORTS: readonly (readonly [string, () => readonly [PortInput, PortInput]])[] = [
  [
    'a port of this thread',
    () => {
      const { port1, port2 } = new MessageChannel();
      return [port1, port2];
    },
  ],
  ['a port that copies', copyingPorts],
  ['a pair of streams', () => streamPorts().map(duplexPort) as [BridgePort, BridgePort]],
];

for (const [name, makePorts] of PORTS) {
  testClient(name, {
    origin,
    capabilities: socketCapabilities,
    async connect() {
      const manager = makeManager();
      const [here, there] = makePorts();
      const served = serve(manager, here, SUITE_POLICY);
      const closed = new Promise<unknown>((resolve) => served.on('closed', resolve));
      const client = connect(there);
      return {
        client,
        async end() {
          await client.close();
          await closed;
          await manager.close();
        },
      };
    },
  });
}

testClient('a port of another thread', {
  origin,
  capabilities: socketCapabilities,
  async connect() {
    const { port1, port2 } = new MessageChannel();
    thread.postMessage(port1, [port1]);
    const client = connect(port2);
    return {
      client,
      async end() {
        const closed = new Promise((resolve) => thread.once('message', resolve));
        await client.close();
        await closed;
      },
    };
  },
});
