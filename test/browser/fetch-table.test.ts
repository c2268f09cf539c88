/** `manager.fetch` beside the browser's own: the same calls of both in the same scope, and every outcome compared. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { server } from 'vitest/browser';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import { type Compared, compareAll } from './fetch-table/compare.ts';
import { outcome, type Places, shown } from './fetch-table/outcome.ts';
import { realmBodies, realmRows } from './fetch-table/realm-rows.ts';
import { table } from './fetch-table/rows.ts';
import { openFrame } from './fixtures/frame.ts';

const elsewhere = inject('server');
const echo = `${elsewhere}/echo`;
const home = new URL('./fixtures/blank.html', import.meta.url).href;
const tab = new URL('/tab', home).href;
const secure = inject('secureServer');
const places: Places = { elsewhere, secure, home, tab, raw: '' };
const script = `${new URL('./fixtures/fetch-table-worker.ts', import.meta.url).href}?worker_file&type=module`;
const manager = new NetworkAccessManager();
afterAll(() => manager.close());

/** Whatever a worker is asked through. */
interface Asked {
  postMessage(message: Places, transfer: Transferable[]): void;
}

async function serviceWorker(): Promise<Asked> {
  const registration = await navigator.serviceWorker.register(script, {
    type: 'module',
    scope: `${new URL('.', script).href}fetch-table/`,
  });
  afterAll(() => registration.unregister());
  const worker = registration.installing ?? registration.waiting ?? registration.active!;
  await new Promise<void>((resolve) => {
    const look = (): void => void (worker.state === 'activated' && resolve());
    worker.addEventListener('statechange', look);
    look();
  });
  return worker;
}

/** The table, as a worker of some kind has compared it. */
function comparedBy(open: () => Asked | Promise<Asked>): (places: Places) => ReturnType<typeof compareAll> {
  return async (places) => {
    const worker = await open();
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    worker.postMessage(places, [port2]);
    const compared = await answer;
    if (typeof compared === 'string') throw new Error(compared);
    return compared as ReadonlyMap<string, Compared>;
  };
}

/** The table, as a frame has compared it. */
function comparedIn(src: string, sandbox?: string): (places: Places) => ReturnType<typeof compareAll> {
  const open = async (): Promise<Asked> => {
    const frame = await openFrame(src, 'fetch-table-worker', sandbox);
    afterAll(() => frame.remove());
    return { postMessage: (message, ports) => frame.contentWindow!.postMessage(message, '*', ports) };
  };
  return (asked) => comparedBy(open)({ ...asked, isFrame: true });
}

const policy = encodeURIComponent(
  "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; connect-src 'self'",
);
const SCOPES = {
  'a window': compareAll,
  'a dedicated worker': comparedBy(() => new Worker(script, { type: 'module' })),
  'a SharedWorker': comparedBy(() => new SharedWorker(script, { type: 'module' }).port),
  'a service worker': comparedBy(serviceWorker),
};
const FRAMES = {
  'a frame of the same origin': comparedIn('/tab/frame'),
  'a srcdoc frame': comparedIn(''),
  'a sandboxed frame of an opaque origin': comparedIn('', 'allow-scripts'),
  'a frame of another origin': comparedIn(`${elsewhere}/frame`),
  'a frame that may connect to its own origin alone': comparedIn(`/tab/frame?${policy}`),
};

/** WebKit passes cut bodies for complete: that of its own origin is counted, and what counts has no URL in a cache. */
const isChecked = (scope: string, name: string): boolean =>
  server.browser === 'webkit' &&
  scope === 'a frame of another origin' &&
  name === 'responses: put into a cache';

describe.each([
  ...Object.entries(SCOPES).map(([scope, compare]) => [scope, compare, false] as const),
  ...Object.entries(FRAMES).map(([scope, compare]) => [scope, compare, true] as const),
])('in %s', (scope, compare, isFrame) => {
  let compared: ReadonlyMap<string, Compared>;
  beforeAll(async () => {
    const raw = await (await fetch(`${elsewhere}/raw-origin`)).text();
    compared = await compare({ ...places, raw });
    // Three hundred rows, twice: Firefox alone takes half a minute for them.
  }, 300_000);

  test.each([...table({ ...places, isFrame }).keys()])('%s', (name) => {
    if (isChecked(scope, name)) return;
    const { ours, bare } = compared.get(name)!;
    expect(ours).toEqual(bare);
  });
});

describe('what no stage of ours changes', () => {
  test('comes back as the browser made it', async () => {
    const response = await manager.fetch(`${elsewhere}/hello`);
    expect(Object.getPrototypeOf(response)).toBe(Response.prototype);
    expect([response.type, await response.text()]).toEqual(['cors', 'hello']);
  });

  test('an opaque response stays one, also under a transfer timeout', async () => {
    const timed = new NetworkAccessManager({ transferTimeout: 30_000 });
    for (const { fetch } of [manager, timed]) {
      expect(await fetch(`${elsewhere}/hello`, { mode: 'no-cors' })).toMatchObject({
        type: 'opaque',
        status: 0,
      });
      expect(await fetch(`${elsewhere}/redirect/302/hello`, { redirect: 'manual' })).toMatchObject({
        type: 'opaqueredirect',
        status: 0,
      });
    }
    await timed.close();
  });
});

describe('a frame of its own realm', () => {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const realm = frame.contentWindow as unknown as typeof globalThis;
  const rows = realmRows(realm, places);
  test.each(rows)('%s', async (_name, run) => {
    expect(await outcome(run, manager.fetch)).toEqual(await outcome(run, fetch.bind(globalThis)));
  });

  test.each(Object.entries(realmBodies(realm)))('%s, by a reply', async (_name, body) => {
    const init = { method: 'POST', body: body() };
    const bare = new Response(await (await fetch(echo, init)).text());
    const reply = await manager.post(echo, body()).text();
    expect(await shown(new Response(reply))).toEqual(await shown(bare));
  });
});

test('relative URLs are relative to the base of the document', async () => {
  const base = document.createElement('base');
  base.href = `${elsewhere}/`;
  document.head.append(base);
  try {
    expect(await (await manager.fetch('hello')).text()).toBe('hello');
    expect(await manager.get('hello').text()).toBe('hello');
  } finally {
    base.remove();
  }
});
