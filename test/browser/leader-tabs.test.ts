/** One manager in one of several tabs, without a SharedWorker: who leads, what the others get, and what happens when it goes. */
import { afterEach, describe, expect, inject, test, vi } from 'vitest';
import { server as driver } from 'vitest/browser';
import { MemoryCache, NetworkAccessManager, type NetworkError } from '../../platform/browser/index.ts';
import { connectTabs, type TabsClient } from '../../platform/worker/index.ts';
import { catching } from '../support/catching.ts';
import { Tab } from './real-tab.ts';

const server = inject('server');
const page = new URL('./fixtures/blank.html', import.meta.url).href;
const fixture = new URL('./fixtures/leader-tab.ts', import.meta.url).href;

// Documents load slowly on a machine that does other things.
vi.setConfig({ testTimeout: 90_000 });

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

type TabWindow = Window & typeof globalThis & { client: TabsClient };

/** A document of the origin with a client of its own in it. */
async function begin(tab: Window, name: string): Promise<TabsClient> {
  const script = tab.document.createElement('script');
  script.type = 'module';
  script.textContent = `import { begin } from ${JSON.stringify(fixture)}; begin(${JSON.stringify(name)});`;
  const hasBegun = new Promise((resolve) => tab.addEventListener('begun', resolve, { once: true }));
  tab.document.body.append(script);
  await hasBegun;
  return (tab as TabWindow).client;
}

async function frameTab(name: string) {
  const frame = document.createElement('iframe');
  opened.push(() => frame.remove());
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  frame.src = page;
  document.body.append(frame);
  await loaded;
  return { client: await begin(frame.contentWindow!, name), kill: () => frame.remove() };
}

/** A tab of its own, as `window.open` makes it. */
async function windowTab(name: string) {
  const tab = window.open(page)!;
  opened.push(() => tab.close());
  while (tab.document.readyState !== 'complete' || tab.location.href !== page)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return { client: await begin(tab, name), kill: () => tab.close() };
}

/** A client of this page. */
function hereTab(name: string): TabsClient {
  const client = connectTabs(() => new NetworkAccessManager({ cache: new MemoryCache() }), {
    name,
    policy: { addresses: ['127.0.0.1'] },
  });
  opened.push(() => client.close());
  return client;
}

const ended = async (id: string): Promise<string> =>
  (await (await fetch(`${server}/journal?of=${id}&until=ended`)).json()).ended;

/** A request in mid-stream: its head and some of its body are there, and more does not come. */
async function begun(client: TabsClient) {
  const id = crypto.randomUUID();
  const reply = client.get(`${server}/stall?id=${id}`);
  await reply.response;
  return {
    id,
    outcome: reply.bytes().then(
      () => 'whole',
      ({ code }) => code,
    ),
  };
}

/** A tab that goes may still tell that its network did, which Firefox ends before the page hears that it is left. */
const LOST = ['network-session-failed', 'unknown-network'];

/** A tab that is going may be asked once more before its lock is free: then the error says what to do, and that is done. */
async function hello(client: TabsClient): Promise<string> {
  for (;;) {
    try {
      return await client.get(`${server}/hello`).text();
    } catch (error) {
      if ((error as NetworkError).code !== 'network-session-failed') throw error;
    }
  }
}

const KINDS: readonly (readonly [string, typeof frameTab])[] = [
  ['a frame', frameTab],
  ['a window', windowTab],
];

describe.each(KINDS)('a leader in %s', (_kind, makeTab) => {
  test('serves the others with bodies both ways; when it goes, they go on with the next', async () => {
    const name = crypto.randomUUID();
    const leader = await makeTab(name);
    await leader.client.ready;
    const client = hereTab(name);
    await client.ready;
    expect([leader.client.isLeader, client.isLeader]).toEqual([true, false]);
    let received = 0;
    for await (const chunk of client.get(`${server}/bytes/5000000`)) received += chunk.length;
    const sent = client.post(`${server}/count?id=${crypto.randomUUID()}`, new Uint8Array(3_000_000));
    expect([received, await sent.text()]).toEqual([5_000_000, '3000000']);
    const { id, outcome } = await begun(client);
    leader.kill();
    expect(LOST).toContain(await outcome);
    expect(await ended(id)).toBe('lost');
    expect(await hello(client)).toBe('hello');
    // A window of WebKit's that is closed may serve for another moment.
    await expect.poll(() => client.isLeader).toBe(true);
  });

  test('a follower in it that goes ends its own requests and nobody else’s', async () => {
    const name = crypto.randomUUID();
    const leader = hereTab(name);
    await leader.ready;
    const follower = await makeTab(name);
    const theirs = await begun(follower.client);
    const ours = await begun(leader);
    expect([leader.isLeader, follower.client.isLeader]).toEqual([true, false]);
    follower.kill();
    expect(await ended(theirs.id)).toBe('lost');
    expect(await leader.get(`${server}/hello`).text()).toBe('hello');
    await leader.close();
    expect([await ours.outcome, await ended(ours.id)]).toEqual(['operation-canceled', 'lost']);
  });
});

describe('a tab that is left, and comes back', () => {
  afterEach(() => Tab.endAll());

  test('has led: it hands over, and follows', async () => {
    const name = crypto.randomUUID();
    const tab = await Tab.open('leader', name);
    expect(await tab.ask('leads')).toBe(true);
    const client = hereTab(name);
    const { id, outcome } = await begun(client);
    expect(client.isLeader).toBe(false);
    await tab.leave();
    expect(LOST).toContain(await outcome);
    expect(await ended(id)).toBe('lost');
    expect(await hello(client)).toBe('hello');
    // What others say meanwhile does not reach it. Firefox makes a page anew that has a Web Lock.
    const isKept = await tab.back();
    if (driver.browser === 'chromium') expect(isKept).toBe(true);
    expect([await tab.ask('text', `${server}/hello`), await tab.ask('leads')]).toEqual(['hello', false]);
    await client.close();
    await expect.poll(() => tab.ask('leads'), { timeout: 15_000 }).toBe(true);
    expect(await tab.ask('text', `${server}/hello`)).toBe('hello');
  });

  test('has followed: its requests have ended, and it goes on', async () => {
    const name = crypto.randomUUID();
    const leader = hereTab(name);
    await leader.ready;
    const tab = await Tab.open('leader', name);
    const id = crypto.randomUUID();
    await tab.ask('begin', `${server}/stall?id=${id}`);
    await tab.leave();
    expect(await ended(id)).toBe('lost');
    await tab.back();
    expect([await tab.ask('text', `${server}/hello`), await tab.ask('leads')]).toEqual(['hello', false]);
    expect(leader.isLeader).toBe(true);
  });
});

test('of two that follow one leads next, and serves the other', async () => {
  const name = crypto.randomUUID();
  const first = await frameTab(name);
  await first.client.ready;
  const second = await frameTab(name);
  const third = hereTab(name);
  await Promise.all([second.client.ready, third.ready]);
  const [one, other] = [await begun(second.client), await begun(third)];
  first.kill();
  expect(await Promise.all([one.outcome, other.outcome])).toEqual([
    'network-session-failed',
    'network-session-failed',
  ]);
  const texts = [second.client, third].map((client) => client.get(`${server}/hello`).text());
  expect(await Promise.all(texts)).toEqual(['hello', 'hello']);
  expect([second.client.isLeader, third.isLeader].sort()).toEqual([false, true]);
});

test('a leader that closes its client hands over as if it were gone', async () => {
  const name = crypto.randomUUID();
  const leader = hereTab(name);
  await leader.ready;
  const client = hereTab(name);
  const { id, outcome } = await begun(client);
  await leader.close();
  expect([await outcome, await ended(id)]).toEqual(['network-session-failed', 'lost']);
  expect(await client.get(`${server}/hello`).text()).toBe('hello');
  await expect(leader.get(`${server}/hello`).text()).rejects.toMatchObject({ code: 'operation-canceled' });
});

test('who asks again in a listener of what has failed is served by the next', async () => {
  const name = crypto.randomUUID();
  const leader = hereTab(name);
  await leader.ready;
  const client = hereTab(name);
  const reply = client.get(`${server}/stall?id=${crypto.randomUUID()}`);
  const again = new Promise<string>((resolve) =>
    reply.on('errorOccurred', () => resolve(client.get(`${server}/hello`).text())),
  );
  await reply.response;
  await leader.close();
  expect(await again).toBe('hello');
});

test('a lock that is stolen ends a leadership; who had it is not heard any more', async () => {
  const name = crypto.randomUUID();
  const tabs = [hereTab(name), hereTab(name)];
  await Promise.all(tabs.map(({ ready }) => ready));
  const under = await Promise.all(tabs.map(begun));
  // What a former leader says comes under an old epoch.
  const channel = new BroadcastChannel(`fairlead.tabs.${name}`);
  await navigator.locks.request(`fairlead.tabs.${name}`, { steal: true }, async () => {});
  expect(await Promise.all(under.map(({ outcome }) => outcome))).toEqual([
    'network-session-failed',
    'network-session-failed',
  ]);
  await Promise.all(tabs.map((client) => client.get(`${server}/hello`).text()));
  const before = await Promise.all(tabs.map(begun));
  channel.postMessage({ type: 'leader', epoch: 1 });
  for (const client of tabs) expect(await client.get(`${server}/hello`).text()).toBe('hello');
  expect(tabs.filter(({ isLeader }) => isLeader).length).toBe(1);
  for (const client of tabs) await client.close();
  expect(await Promise.all(before.map(({ id }) => ended(id)))).toEqual(['lost', 'lost']);
  channel.close();
});

test('a leader that is told of a tab and throws serves it all the same', async () => {
  const uncaught: unknown[] = [];
  vi.stubGlobal('queueMicrotask', catching(uncaught));
  opened.push(() => vi.unstubAllGlobals());
  const failure = new Error('told');
  const tabs = [1, 2].map(() => {
    const client = connectTabs(() => new NetworkAccessManager(), {
      name: failure.message,
      policy: { addresses: ['127.0.0.1'] },
      served: () => {
        throw failure;
      },
    });
    opened.push(() => client.close());
    return client;
  });
  for (const client of tabs) expect(await client.get(`${server}/hello`).text()).toBe('hello');
  expect(uncaught).toEqual([failure, failure]);
});

test('names are managers of their own; a mistake is a TypeError', async () => {
  const [one, other] = [hereTab(crypto.randomUUID()), hereTab(crypto.randomUUID())];
  await Promise.all([one.ready, other.ready]);
  expect([one.isLeader, other.isLeader]).toEqual([true, true]);
  expect(() => connectTabs(() => new NetworkAccessManager(), { nmae: 'x' } as never)).toThrow(/'name'/);
  expect(() => connectTabs(new NetworkAccessManager() as never)).toThrow(TypeError);
});
