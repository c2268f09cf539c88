import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ConnectedClient } from '../../../platform/bridge/client/connected-client.ts';
import { RemoteCookies } from '../../../platform/bridge/client/remote-parts.ts';
import { resolvePolicy } from '../../../platform/bridge/policy/policy.ts';
import { IndexedDbCache, IndexedDbStore } from '../../../platform/browser/extras.ts';
import { StrictTransportSecurity as PageSecurity } from '../../../platform/browser/parts.ts';
import {
  certificatesOf,
  electronTransport,
  shareManager,
  syncCookies,
} from '../../../platform/electron/main.ts';
import {
  DiskCache,
  download,
  FileStore,
  fileBody,
  NodeHttpTransport,
  SocketTransport,
} from '../../../platform/node/extras.ts';
import {
  Authentication,
  CookieJar,
  HttpMultiPart,
  MemoryCache,
  NetworkAccessManager,
  NetworkReply,
  StrictTransportSecurity,
} from '../../../platform/node/index.ts';
import { NetworkAccessManager as PortableManager } from '../../../platform/portable/index.ts';
import { connectTabs, serveWorker } from '../../../platform/worker/index.ts';
import { checkOptions, TEXT, TRUTH } from '../../../src/checks/checker.ts';
import { foreignWord, foreignWords } from '../../../src/checks/foreign-words.ts';
import { nearestOf } from '../../../src/checks/option-errors.ts';
import { bearerToken } from '../../../src/intercept/bearer-token.ts';
import { logger } from '../../../src/intercept/logger.ts';
import { MANAGER_OPTION_NAMES } from '../../../src/resolve-options.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { makeRequest } from '../../support/fixtures.ts';

type Use = (options: never) => unknown;

const REQUEST = makeRequest();
const manager = new NetworkAccessManager();
/** Everything that takes options: what it needs, one of them misspelt, and what was meant. */
const DOORS: readonly [door: string, use: Use, misspelt: object, meant: string][] = [
  ['NetworkAccessManager', (options) => new NetworkAccessManager(options), { userAgnet: 'x' }, 'userAgent'],
  [
    'PortableManager',
    (options) => new PortableManager(options),
    { connectionPerHost: 2 },
    'connectionsPerHost',
  ],
  [
    'get',
    (options) => manager.get(options),
    { url: 'http://a.test/', redirectpolicy: 'manual' },
    'redirectPolicy',
  ],
  ['tls', (tls) => new NetworkAccessManager({ tls }), { serverName: 'a.test' }, 'tls.servername'],
  [
    'connectToHostEncrypted',
    (options) => manager.connectToHostEncrypted('a.test', 443, options),
    { http2Alowed: false },
    'http2Allowed',
  ],
  ['CookieJar', (options) => new CookieJar(options), { limit: {} }, 'limits'],
  ['CookieJar policy', (policy) => new CookieJar({ policy }), { acept: () => false }, 'policy.accept'],
  [
    'credentials',
    (given) => new NetworkAccessManager({ credentials: { 'https://a.test': given } }),
    { user: 'a', password: 'b', domian: 'c' },
    'domain',
  ],
  ['CookieJar limits', (limits) => new CookieJar({ limits }), { perDomian: 1 }, 'limits.perDomain'],
  [
    'CookieJar.open',
    (options) => CookieJar.open(new MemoryStore(), options),
    { persistSessionCookie: true },
    'persistSessionCookies',
  ],
  [
    'a context of cookies',
    (context) => new CookieJar().cookiesForUrl('http://a.test/', context),
    { sit: 'http://b.test/' },
    'context.site',
  ],
  [
    'setCookiesFromUrl',
    (cookie) => new CookieJar().setCookiesFromUrl([cookie], 'https://a.test/'),
    { name: 'a', value: '1', httponly: true },
    'cookie.httpOnly',
  ],
  ...(['insertCookie', 'updateCookie', 'deleteCookie'] as const).map((method): (typeof DOORS)[number] => [
    method,
    (cookie) => new CookieJar()[method](cookie),
    { name: 'a', value: '1', domain: 'a.test', Secure: true },
    'cookie.secure',
  ]),
  [
    'an HSTS policy',
    (policy) => manager.addStrictTransportSecurityHosts([policy]),
    { host: 'a.test', expiry: 1, includeSubDomains: true, includeSubdomains: true },
    'includeSubDomains',
  ],
  [
    'lines',
    (options) => NetworkReply.from(REQUEST, { body: 'a' }).lines(options).next(),
    { maximumLineLenght: 1 },
    'maximumLineLength',
  ],
  ['timeouts', (timeouts) => new NetworkAccessManager({ timeouts }), { conect: 2 }, 'connect'],
  ['retry', (retry) => new NetworkAccessManager({ retry }), { atempts: 2 }, 'attempts'],
  [
    'events',
    (options) => manager.events('http://a.test/', options).return(),
    { reconect: true },
    'reconnect',
  ],
  ['MemoryCache', (options) => new MemoryCache(options), { maximumsize: 1 }, 'maximumSize'],
  [
    'DiskCache',
    (options) => new DiskCache(options),
    { directory: '/nowhere', maximumsize: 1 },
    'maximumSize',
  ],
  ['IndexedDbCache', (options) => new IndexedDbCache(options), { names: 'a' }, 'name'],
  [
    'download',
    (options) => download(new NetworkAccessManager(), 'http://127.0.0.1:1/', options),
    { owerwrite: true },
    'overwrite',
  ],
  ['fileBody', (options) => fileBody('/nowhere', options), { tipe: 'a/b' }, 'type'],
  ['FileStore', (options) => new FileStore(options), { file: '/nowhere', onfault: () => {} }, 'onFault'],
  [
    'IndexedDbStore',
    (options) => new IndexedDbStore(options),
    { namespace: 'a', db: 'x', databse: 'a' },
    'database',
  ],
  ['Authentication', (options) => new Authentication(options), { securtyContext: Date }, 'securityContext'],
  ['StrictTransportSecurity', (options) => new StrictTransportSecurity(options), { clok: Date }, 'clock'],
  ["a page's StrictTransportSecurity", (options) => new PageSecurity(options), { clok: Date }, 'clock'],
  [
    'SocketTransport',
    (options) => new SocketTransport(options),
    { idleConnectionTimeOut: 1 },
    'idleConnectionTimeout',
  ],
  [
    'responseLimits',
    (responseLimits) => new SocketTransport({ responseLimits }),
    { headsize: 1 },
    'responseLimits.headSize',
  ],
  ['NodeHttpTransport', (options) => new NodeHttpTransport(options), { agent: {} }, 'agents'],
  ['its agents', (agents) => new NodeHttpTransport({ agents }), { htps: {} }, 'agents.https'],
  [
    'a proxy',
    // A text is the URL of one, which this is not.
    (proxy) => new NetworkAccessManager({ proxy: typeof proxy === 'string' ? (':' as never) : proxy }),
    { type: 'http', hots: 'proxy.test' },
    'host',
  ],
  ['a policy of serve()', (policy) => resolvePolicy(policy), { orgins: [] }, 'origins'],
  [
    'an origin of it',
    (origin) => resolvePolicy({ origins: [origin] }),
    { origin: 'https://a.test', method: ['GET'] },
    'origins.methods',
  ],
  [
    'connect()',
    (options) => new ConnectedClient(DEAD_PORT, options),
    { connectTimeOut: 1 },
    'connectTimeout',
  ],
  [
    'cookies.set of a connected client',
    (cookie) =>
      new RemoteCookies(
        async () => true as never,
        () => null as never,
      ).set(cookie, 'https://a.test/'),
    { name: 'a', value: '1', httponly: true },
    'httpOnly',
  ],
  ['serveWorker()', (options) => serveWorker(manager, options), { polcy: {} }, 'policy'],
  [
    'certificatesOf()',
    (options) => certificatesOf({ setCertificateVerifyProc: () => {} }, options),
    { orgins: [] },
    'origins',
  ],
  [
    'electronTransport()',
    (options) => electronTransport({ request: () => ({}) } as never, options),
    { sesion: {} },
    'session',
  ],
  ['connectTabs()', (options) => connectTabs(() => manager, options), { polcy: {} }, 'policy'],
  ['shareManager()', (options) => shareManager(manager, options), { polices: {} }, 'policy'],
  [
    'syncCookies()',
    (options) => syncCookies(new CookieJar(), {} as never, options),
    { onfault: () => {} },
    'onFault',
  ],
  ['bearerToken()', (options) => bearerToken(options), { get: () => 'x', refersh: () => 'y' }, 'refresh'],
  ['logger()', (options) => logger(options), { header: true }, 'headers'],
  ['NetworkReply.from', (answer) => NetworkReply.from(REQUEST, answer), { stats: 404 }, 'status'],
  [
    'a part of HttpMultiPart',
    (part) => new HttpMultiPart().append(part),
    { body: 'x', header: {} },
    'headers',
  ],
];

/** On whose other side nothing is. */
const DEAD_PORT = { transfers: false, tellsClose: true, open: () => {}, post: () => {}, close: () => {} };

/** Asks a door, which may answer later. */
const through = async (use: Use, options: unknown): Promise<unknown> => use(options as never);

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(DOORS)('%s', (_door, use, misspelt, meant) => {
  const [wrong] = Object.keys(misspelt).slice(-1);

  test('refuses a misspelt option, and names what was meant', async () => {
    const { db: _, ...options } = misspelt as Record<string, unknown>;
    await expect(through(use, options)).rejects.toThrow(TypeError);
    const path = meant.slice(0, meant.lastIndexOf('.') + 1);
    await expect(through(use, options)).rejects.toThrow(
      `unknown option '${path}${wrong}'; did you mean '${meant}'?`,
    );
  });

  test('refuses what is no object', async () => {
    await expect(through(use, 5)).rejects.toThrow(TypeError);
    await expect(through(use, 'text')).rejects.toThrow(TypeError);
  });

  // Nothing of it would be read, and what was to be forbidden be allowed.
  test.each<[string, () => object]>([
    ['a Map', () => new Map([[wrong, 1]])],
    ['a promise of options', () => Promise.resolve({})],
  ])('refuses %s', async (_what, options) => {
    // A call, since a promise that is passed on is waited for.
    await expect((async () => await use(options() as never))()).rejects.toThrow(TypeError);
  });

  test('does not read what the prototype has', async () => {
    const { [wrong!]: _, db: __, ...options } = misspelt as Record<string, unknown>;
    const outcome = (): Promise<string> =>
      through(use, options).then(
        () => 'fine',
        (error: unknown) => String(error),
      );
    const before = await outcome();
    const prototype = Object.prototype as Record<string, unknown>;
    const names = [
      meant.slice(meant.lastIndexOf('.') + 1),
      'clock',
      'lookup',
      'onFault',
      'transport',
      'headers',
      'error',
    ];
    for (const name of names) prototype[name] = Symbol('not for any option');
    const after = await outcome().finally(() => {
      for (const name of names) delete prototype[name];
    });
    expect(after).toBe(before);
  });
});

test('every checker in the code is behind one of these doors', async () => {
  const owners = new Set<string>();
  for (const folder of ['src', 'platform']) {
    const root = new URL(`../../../${folder}/`, import.meta.url);
    for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.ts')) continue;
      const code = readFileSync(new URL(file, root), 'utf8');
      for (const [, owner] of code.matchAll(/\bcheck(?:Options|Names)\(\s*'([^']+)'/g)) owners.add(owner!);
    }
  }
  const behind = new Set<string>();
  for (const [, use, given] of DOORS) {
    const { db: _, ...misspelt } = given as Record<string, unknown>;
    const { message } = await through(use, misspelt).then(
      () => new Error('none'),
      (error: Error) => error,
    );
    behind.add(message.slice(0, message.indexOf(': unknown option')));
  }
  expect([...owners].filter((owner) => !behind.has(owner))).toEqual([]);
  expect(owners.size).toBeGreaterThan(10);
});

describe('a word of another client', () => {
  test.each([
    ['timeout', 'transferTimeout'],
    ['params', '`searchParams`'],
    ['query', '`searchParams`'],
    ['data', '`json`'],
    ['body', 'post(url, body)'],
    ['retries', 'retry: {'],
    ['rejectUnauthorized', 'tls.ca'],
    ['agent', 'transport'],
    ['dispatcher', 'transport'],
    ['maxRedirects', 'maximumRedirectsAllowed'],
    ['redirect', 'redirectPolicy'],
    ['baseURL', '`baseUrl`'],
    ['prefixUrl', '`baseUrl`'],
    ['auth', 'Authorization'],
    ['credentials', 'option of the manager'],
    ['responseType', 'json()'],
    ['mode', 'manager.fetch'],
    ['maxSockets', '`connectionsPerHost`'],
    ['lookup', '`lookup` is an option of `SocketTransport`'],
    ['toString', null],
    ['__proto__', null],
  ])('%s: says what to do', (word, hint) => {
    const options = JSON.parse(`{ "url": "http://a.test/", "${word}": 1 }`);
    let message = '';
    try {
      manager.get(options);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(`unknown option '${word}'`);
    if (hint !== null) expect(message).toContain(hint);
  });

  const OURS = new Set<string>([
    ...MANAGER_OPTION_NAMES,
    'url',
    'method',
    'headers',
    'json',
    'searchParams',
    'signal',
    'priority',
    'duplex',
  ]);

  test('is none of ours', () => {
    expect(foreignWords().filter((word) => OURS.has(word))).toEqual([]);
  });

  test('what is told in its place is there', () => {
    const notOptions = new Set(['lookup', 'SocketTransport', 'Accept-Encoding']);
    const told = foreignWords().flatMap((word) => foreignWord(word)!.match(/(?<=`)[\w-]+(?=[`:.])/g) ?? []);
    // `manager.fetch(…)` and its like name the manager.
    const missing = told.filter((name) => name !== 'manager' && !notOptions.has(name) && !OURS.has(name));
    expect(missing).toEqual([]);
    // The one option of a transport that is named.
    expect(() => new SocketTransport({ lookup: () => {} }).close()).not.toThrow();
  });

  test.each(['localAddress', 'family'])('%s: nothing is promised that there is not', (name) => {
    expect(foreignWord(name)).toBeUndefined();
  });

  test('an option has one home, which is told', () => {
    expect(() => manager.get({ url: 'http://a.test/', cookieJar: null } as never)).toThrow(
      "unknown option 'cookieJar': it is an option of the manager",
    );
    expect(() => new NetworkAccessManager({ priority: 'high' } as never)).toThrow(
      "unknown option 'priority': it is an option of a request",
    );
  });
});

describe('a surplus argument is refused', () => {
  test.each([
    ['get', ['http://a.test/', null, {}]],
    ['head', ['http://a.test/', {}]],
    ['post', ['http://a.test/', 'body', { headers: {} }]],
    ['put', ['http://a.test/', 'body', {}]],
    ['patch', ['http://a.test/', 'body', {}]],
    ['delete', ['http://a.test/', {}]],
    ['deleteResource', ['http://a.test/', {}]],
    ['sendCustomRequest', ['http://a.test/', 'PURGE', 'body', {}]],
    ['request', ['PURGE', 'http://a.test/', 'body', {}]],
    ['connectToHost', ['a.test', 80, { tls: {} }]],
    ['connectToHostEncrypted', ['a.test', 443, {}, {}]],
    ['events', ['http://a.test/', {}, {}]],
    ['extend', [{}, {}]],
  ] as const)('%s', (method, args) => {
    const call = manager[method] as (...args: unknown[]) => unknown;
    expect(() => call.apply(manager, [...args])).toThrow(`${method}(): one argument too many`);
  });
});

describe('checkOptions', () => {
  const checks = { name: TEXT, on: TRUTH };

  test('gives back own values without a prototype, and leaves out undefined', () => {
    const given = Object.create({ on: true }, { name: { value: 'x', enumerable: true } });
    const checked = checkOptions<{ name?: string; on?: boolean }>('Thing', given, checks);
    expect(Object.getPrototypeOf(checked)).toBeNull();
    expect({ ...checked }).toEqual({ name: 'x' });
    expect({ ...checkOptions('Thing', { name: undefined }, checks as never) }).toEqual({});
  });

  test('says what was expected', () => {
    expect(() => checkOptions('Thing', { on: 1 }, checks as never)).toThrow(
      "Thing: option 'on': expected true or false",
    );
    expect(() => checkOptions('Thing', { nam: 1 }, checks as never, 'part.')).toThrow(
      "Thing: unknown option 'part.nam'; did you mean 'part.name'?",
    );
  });
});

test.each([
  ['transferTimout', 'transferTimeout'],
  ['TRANSFERTIMEOUT', 'transferTimeout'],
  ['redirectPloicy', 'redirectPolicy'],
  ['cookiejar', 'cookieJar'],
  ['x', null],
  ['somethingElseEntirely', null],
])('the nearest to %s is %s', (name, nearest) => {
  expect(nearestOf(name, MANAGER_OPTION_NAMES)).toBe(nearest);
});
