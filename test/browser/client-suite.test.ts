/** The suite of clients over every kind of port that a page has. */
import { inject } from 'vitest';
import { connect, serve } from '../../platform/bridge/index.ts';
import { MemoryCache, NetworkAccessManager } from '../../platform/browser/index.ts';
import { browserCapabilities } from '../../platform/common/fetch-transport-capabilities.ts';
import { connectTabs, connectWorker } from '../../platform/worker/index.ts';
import { SUITE_POLICY } from '../node/bridge/suite-policy.ts';
import { type ClientSetup, testClient } from '../suites/client.ts';

const script = `${new URL('./fixtures/suite-worker.ts', import.meta.url).href}?worker_file&type=module`;
const makeManager = (): NetworkAccessManager => new NetworkAccessManager({ cache: new MemoryCache() });

const place: Omit<ClientSetup, 'connect'> = {
  origin: () => inject('clientServer'),
  capabilities: browserCapabilities(),
  limits: ['reads ahead'],
};

testClient('a manager', {
  ...place,
  async connect() {
    const client = makeManager();
    return { client, end: () => client.close() };
  },
});

testClient('a port of this page', {
  ...place,
  async connect() {
    const manager = makeManager();
    const { port1, port2 } = new MessageChannel();
    serve(manager, port1, SUITE_POLICY);
    const client = connect(port2);
    return {
      client,
      async end() {
        await client.close();
        await manager.close();
      },
    };
  },
});

const dedicated = new Worker(script, { type: 'module' });
const ofWorker = (makeWorker: () => Worker | SharedWorker): ClientSetup => ({
  ...place,
  async connect() {
    const client = connectWorker(makeWorker());
    return { client, end: () => client.close() };
  },
});
testClient(
  'a dedicated worker',
  ofWorker(() => dedicated),
);
if (typeof SharedWorker !== 'undefined')
  testClient(
    'a SharedWorker',
    ofWorker(() => new SharedWorker(script, { type: 'module', name: 'suite of clients' })),
  );

/** Over the channel between tabs, which copies and tells of no end. */
testClient('a tab that follows another one', {
  ...place,
  async connect() {
    const name = crypto.randomUUID();
    const join = () => connectTabs(makeManager, { name, policy: SUITE_POLICY });
    const leader = join();
    await leader.ready;
    const client = join();
    return {
      client,
      async end() {
        await client.close();
        await leader.close();
      },
    };
  },
});
