/**
 * Attack checklist, part J: what a renderer that was taken over, or a frame that is not ours, may try. 93 is in flood.test.ts, too,
 * 96 (a leader of tabs whose lock is stolen) in test/browser/leader-tabs.test.ts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { policyChooser, senderOf } from '../../../platform/electron/main/frame-policy.ts';
import { shareManager } from '../../../platform/electron/main.ts';
import { socketCapabilities } from '../../../platform/node/http-module-transport/capabilities.ts';
import { type CookieJar, NetworkAccessManager } from '../../../platform/node/index.ts';
import { catching } from '../../support/catching.ts';
import type { Call } from '../../support/server/routes.ts';
import { startServer, type TestServer } from '../../support/server.ts';
import { countingTransport } from './counting-transport.ts';
import { eventsOf, HELLO, pair, rawPort, requestMessage, rulesOf } from './pair.ts';

let server: TestServer;
let elsewhere: TestServer;
beforeAll(async () => {
  server = await startServer();
  const moved = { moved: ({ response }: Call) => response.writeHead(302, { Location: METADATA }).end() };
  elsewhere = await startServer({ routes: moved });
});
afterAll(() => Promise.all([server.close(), elsewhere.close()]));

/** That says nothing to a policy. */
const NO_MANAGER = { supportedSchemes: () => [] };
const METADATA = 'http://169.254.169.254/latest/meta-data/';

const codeOf = (error: { readonly code?: string }): string => error.code ?? String(error);

describe('91: a renderer asks the main process for what is not its own', () => {
  test.each([
    METADATA,
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://[::ffff:169.254.169.254]/',
    'http://127.0.0.1/',
    'http://localhost/',
    'http://a.localhost/',
    'http://[::1]/',
    'http://0/',
    'http://10.0.0.1/',
    'http://192.168.1.1/',
    'file:///etc/passwd',
    'data:,x',
    'unix+http://%2Frun%2Fdocker.sock/info',
  ])('%s', async (url) => {
    await using both = pair({});
    expect(await both.client.get(url).text().catch(codeOf)).toBe('content-access-denied');
  });

  test.each([
    ['to what is no URL', 'preconnect-:nothing'],
    ['to one to one', `${'preconnect-'.repeat(1000)}https://h.example`],
  ])('a connection that is opened ahead %s: the owner refuses it, and goes on', async (_what, url) => {
    const raw = rawPort({});
    raw.say(HELLO, requestMessage(1, url), requestMessage(2, METADATA));
    await raw.heardUntil(() => raw.heard.some(({ id }) => id === 2));
    const failed = eventsOf(raw.heard).map(({ id, type }) => [id, type]);
    expect(failed).toEqual([
      [1, 'failed'],
      [2, 'failed'],
    ]);
    await raw.end();
  });

  test('what was judged is asked, where a base that the manager has would make another URL of what was said', async () => {
    const asked: string[] = [];
    const transport = countingTransport(({ href }) => asked.push(href));
    const base = { baseUrl: 'http://127.0.0.1/api/', allowAbsoluteUrls: true };
    const raw = rawPort({ origins: ['http://h.example'] }, new NetworkAccessManager({ transport, ...base }));
    raw.say(HELLO, requestMessage(1, 'http:h.example/x'));
    await raw.heardUntil(() => eventsOf(raw.heard).some(({ type }) => type === 'end' || type === 'failed'));
    expect(asked).toEqual(['http://h.example/x']);
    await raw.end();
  });

  test('by a redirect', async () => {
    await using both = pair({ origins: [elsewhere.origin] });
    expect(await both.client.get(`${elsewhere.origin}/moved`).text().catch(codeOf)).toBe(
      'content-access-denied',
    );
  });

  test('HSTS: what is listed by http goes by https, and nowhere else', async () => {
    const asked: string[] = [];
    const counting = countingTransport(({ href }) => asked.push(href));
    const transport = { ...counting, capabilities: socketCapabilities };
    const manager = new NetworkAccessManager({ transport, strictTransportSecurityEnabled: true });
    manager.addStrictTransportSecurityHosts([
      { host: 'a.example', expiry: Number.MAX_SAFE_INTEGER, includeSubDomains: true },
    ]);
    await using both = pair({ origins: ['http://a.example'] }, manager);
    const outcomes = ['http://a.example/', 'https://a.example/', 'http://sub.a.example/'].map((url) =>
      both.client.get(url).text().catch(codeOf),
    );
    expect([await Promise.all(outcomes), asked]).toEqual([
      ['', 'content-access-denied', 'content-access-denied'],
      ['https://a.example/'],
    ]);
  });

  test('the jar, the cache and credentials by the methods of a client', async () => {
    await using both = pair({});
    const { client, manager } = both;
    const jar = manager.cookieJar as CookieJar;
    jar.setCookie('session=secret', 'https://h.example/');
    const tries = [
      client.cookies.all(),
      client.cookies.get('https://h.example/'),
      client.cookies.changed().next(),
      client.cookies.clear(),
      client.cache.clear(),
      client.clearAccessCache(),
      client.addStrictTransportSecurityHosts([]),
      client.explainProxy('https://h.example/'),
    ];
    const codes = await Promise.all(tries.map((one) => Promise.resolve(one).then(() => 'given', codeOf)));
    expect(new Set(codes)).toEqual(new Set(['content-access-denied']));
    expect(jar.allCookies().length).toBe(1);
  });

  test('cookies: neither said nor seen', async () => {
    await using both = pair({ addresses: ['127.0.0.1'] });
    const set = both.client.get(`${server.origin}/fields?field=Set-Cookie:sid=secret`);
    const { headers } = await set.response;
    await set.text();
    expect([...headers].flat().join()).not.toContain('secret');
    const refused = await both.client
      .get({ url: `${server.origin}/hello`, headers: { cookie: 'a=b' } })
      .text()
      .catch(codeOf);
    expect(refused).toBe('content-access-denied');
  });
});

describe('92: a message of a frame that is not what it was', () => {
  const frame = { url: 'app://main/', origin: 'app://main', processId: 1, routingId: 2, parent: null };
  const sender = { id: 1, isDestroyed: () => false, on: () => {}, off: () => {} };
  const event = { sender, senderFrame: frame, processId: 1, frameId: 2, ports: [] };
  const disposed = new Proxy(frame, {
    get() {
      throw new Error('Render frame was disposed before WebFrameMain could be accessed');
    },
  });

  test('one that is still there is known by what Electron says', () => {
    expect(senderOf(event)).toMatchObject({ url: 'app://main/', origin: 'app://main', ancestorOrigins: [] });
  });

  test.each<[string, Parameters<typeof senderOf>[0]]>([
    ['has gone', { ...event, senderFrame: null }],
    ['has gone', { ...event, senderFrame: disposed }],
    ['has gone', { ...event, sender: { ...sender, isDestroyed: () => true } }],
    ['has navigated', { ...event, processId: 7 }],
    ['has navigated', { ...event, frameId: 7 }],
  ])('the frame %s', (why, given) => {
    expect(senderOf(given)).toBe(`the frame ${why}`);
  });

  const facts = { url: '', webContents: sender };
  const choose = policyChooser({ 'app://main': {}, 'https://app.example': {} }, NO_MANAGER);
  test.each<[string, string[], boolean]>([
    ['app://main', [], true],
    ['app://main', ['https://app.example'], true],
    ['app://main', ['https://evil.example'], false],
    ['app://main', ['app://main', 'https://evil.example'], false],
    ['https://evil.example', ['app://main'], false],
    ['https://app.example.evil.example', [], false],
    ['http://app.example', [], false],
    ['https://app.example:8443', [], false],
    ['null', [], false],
    ['__proto__', [], false],
    ['constructor', [], false],
  ])('%s in %j: %s', (origin, ancestorOrigins, isServed) => {
    expect(choose({ ...facts, origin, ancestorOrigins }) !== null).toBe(isServed);
  });

  test.each(['null', '*', 'https://app.example/', 'https://app.example/path', 'app.example', ''])(
    'a policy cannot be for %j',
    (origin) => {
      expect(() => policyChooser({ [origin]: {} }, NO_MANAGER)).toThrow(TypeError);
    },
  );

  test('sharing without a policy is a mistake', () => {
    const ipcMain = { on: () => {}, off: () => {} };
    expect(() => shareManager(new NetworkAccessManager(), { ipcMain } as never)).toThrow(/policy/);
    expect(() =>
      shareManager(new NetworkAccessManager(), { ipcMain, policy: {}, polices: {} } as never),
    ).toThrow(/polices/);
  });
});

test('92: a function that says nothing of a frame does not serve it', () => {
  const choose = policyChooser(() => undefined as never, NO_MANAGER);
  expect(choose({ url: '', origin: 'app://main', ancestorOrigins: [], webContents: {} as never })).toBeNull();
});

describe('92: a policy that fails serves nobody', () => {
  const FAILS = () => {
    throw new Error('of the application');
  };
  test.each([
    ['throws', FAILS],
    ['gives none', () => ({ schemas: [] }) as never],
    ['is asynchronous', (async () => ({})) as never],
  ])('a function that %s', (_how, policy) => {
    const uncaught: unknown[] = [];
    vi.stubGlobal('queueMicrotask', catching(uncaught));
    const frame = { url: '', origin: 'app://main', processId: 1, routingId: 2, parent: null };
    const sender = { id: 1, isDestroyed: () => false, on: () => {}, off: () => {} };
    const posted: unknown[] = [];
    let closed = 0;
    const port = {
      on: () => {},
      off: () => {},
      start: () => {},
      postMessage: (message: unknown) => posted.push(message),
      close: () => closed++,
    };
    let receive: (event: object) => void = () => {};
    const ipcMain = { on: (_: string, listener: typeof receive) => (receive = listener), off: () => {} };
    const sharing = shareManager(new NetworkAccessManager(), { ipcMain, policy });
    const refused: string[] = [];
    sharing.on('refused', (reason) => refused.push(reason));
    receive({ sender, senderFrame: frame, processId: 1, frameId: 2, ports: [port] });
    vi.unstubAllGlobals();
    const reason = 'the policy of the manager has failed';
    expect(posted).toMatchObject([
      [
        {
          type: 'goodbye',
          error: { code: 'content-access-denied', message: expect.stringContaining(reason) },
        },
      ],
    ]);
    expect([closed, refused, sharing.ports, uncaught]).toEqual([1, [reason], [], [expect.any(Error)]]);
  });
});

test('93: a flood has an end, and what it has begun ends with its port', async () => {
  await using both = pair({ addresses: ['127.0.0.1'], maximumRequests: 10 });
  const all = Array.from({ length: 200 }, () =>
    both.client.get(`${server.origin}/black-hole`).text().catch(codeOf),
  );
  expect(new Set(await Promise.all(all.slice(10)))).toEqual(new Set(['content-access-denied']));
  expect(both.served.requestsUnderWay).toBe(10);
  both.served.close();
  expect(both.served.requestsUnderWay).toBe(0);
  const codes = await Promise.all(all);
  expect(codes.filter((code) => code === 'operation-canceled')).toHaveLength(10);
});

test('94: nothing goes through the network of a session but what is told which', () => {
  const folder = join(import.meta.dirname, '..', '..', '..', 'platform', 'electron');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  const using = files.filter((path) =>
    /\bfetch\(|net\.request\(/.test(readFileSync(join(folder, path), 'utf8')),
  );
  // Both say which session they mean, which test/electron holds against the cookies of the default one.
  const known = ['certificates-of.ts', 'net-exchange.ts'].map((name) => join('main', 'chromium', name));
  expect(using.sort()).toEqual(known);
});

test.each<[string, unknown]>([
  ['__proto__', JSON.parse('{ "__proto__": { "transport": {} } }')],
  ['constructor', { constructor: { prototype: {} } }],
  ['transport', { transport: { send: 1 } }],
  ['proxy', { proxy: 'http://evil.example' }],
])('95: the option %s is refused at the port', async (_name, options) => {
  const raw = rawPort({});
  raw.say(HELLO, { ...requestMessage(1, 'https://h.example/'), options });
  await raw.until('events');
  expect(rulesOf(raw)).toEqual(['options']);
  expect(({} as Record<string, unknown>).transport).toBeUndefined();
  await raw.end();
});
