/** What a page's manager makes of every option: it obeys, it refuses, or the words that editors show say what it is there. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../../platform/browser/index.ts';
import { FetchTransport } from '../../../platform/common/fetch-transport.ts';
import { browserCapabilities } from '../../../platform/common/fetch-transport-capabilities.ts';
import { CookieJar, MemoryCache, StrictTransportSecurity } from '../../../src/index.ts';
import { DEFAULT_OPTIONS, MANAGER_OPTION_NAMES } from '../../../src/resolve-options.ts';
import { systemClock } from '../../../src/util/clock.ts';

const URL_OF_OTHERS = 'https://other.test/';

function managerWith(options: object) {
  const fetch = async (): Promise<Response> => new Response('body');
  const transport = new FetchTransport(fetch, { ...browserCapabilities(), pageOrigin: 'https://page.test' });
  return new NetworkAccessManager({ transport, ...options });
}

const ANY = new FetchTransport(async () => new Response(''), browserCapabilities());
const OBEYED = 'is obeyed';
const REFUSED = 'is refused';

/** Option → a value that is not its default, and what becomes of it: a pattern is in its docstring. */
const ROWS: Readonly<Record<string, readonly [unknown, string | RegExp]>> = {
  addressFilter: [() => true, REFUSED],
  allowAbsoluteUrls: [true, OBEYED],
  allowBasicOverHttp: [false, /Basic in a page is the browser's own/],
  allowedSchemes: [['https'], OBEYED],
  attributes: [new Map([['a', 1]]), OBEYED],
  authentication: [null, OBEYED],
  authenticationReuse: ['manual', REFUSED],
  authenticationSchemes: [['digest'], REFUSED],
  autoDeleteReplies: [true, OBEYED],
  baseUrl: ['https://other.test', OBEYED],
  cache: [new MemoryCache(), OBEYED],
  cacheLoadControl: ['always-network', OBEYED],
  cacheSaveControl: [false, OBEYED],
  certificatePins: [{ 'other.test': [`sha256/${'A'.repeat(43)}=`] }, REFUSED],
  clock: [systemClock, OBEYED],
  connectionsPerHost: [2, OBEYED],
  cookieJar: [new CookieJar(), REFUSED],
  cookieLoadControl: ['manual', REFUSED],
  cookieSaveControl: ['manual', REFUSED],
  credentials: [() => null, REFUSED],
  decompressedSafetyCheckThreshold: [5, REFUSED],
  duplex: ['half', OBEYED],
  emitAllUploadProgressSignals: [true, OBEYED],
  fetch: [{}, OBEYED],
  fetchSchemes: [['app'], OBEYED],
  headers: [{ 'x-a': '1' }, OBEYED],
  http2Allowed: [false, /a page, any other fetch\)\s+false changes nothing/],
  http2Direct: [true, REFUSED],
  integratedAuthenticationHosts: [['other.test'], /where\s+there is none it does nothing/],
  interceptors: [[(request: never, next: (request: never) => unknown) => next(request)], OBEYED],
  maximumAuthenticationAttempts: [1, OBEYED],
  maximumBodySize: [100, OBEYED],
  maximumCollectedUpload: [100, OBEYED],
  maximumConnections: [2, OBEYED],
  maximumRedirectsAllowed: [2, REFUSED],
  multiplexedOrigins: [['https://other.test'], OBEYED],
  networkInterceptors: [[(request: never, next: (request: never) => unknown) => next(request)], OBEYED],
  preloadedTopLevelDomains: [['test'], /does nothing unless `strictTransportSecurityEnabled`/],
  priority: ['high', OBEYED],
  proxy: ['http://proxy.test:3128', REFUSED],
  proxyFactory: [() => [], REFUSED],
  proxyRetryDelay: [1, /A page chooses no proxies/],
  readBufferSize: [10, OBEYED],
  redirectPolicy: ['manual', REFUSED],
  retry: [true, OBEYED],
  schemes: [{ app: { open: () => new Response('') } }, OBEYED],
  secretHeaders: [['x-a'], OBEYED],
  signal: [new AbortController().signal, OBEYED],
  siteForCookies: ['https://page.test', REFUSED],
  strictTransportSecurity: [new StrictTransportSecurity(), OBEYED],
  strictTransportSecurityEnabled: [true, REFUSED],
  throwHttpErrors: [false, OBEYED],
  timeouts: [{ connect: 10_000 }, REFUSED],
  tls: [{ servername: 'a.test' }, REFUSED],
  transferTimeout: [10_000, OBEYED],
  transport: [ANY, OBEYED],
  trustedRedirectOrigins: [['https://other.test'], OBEYED],
  unencodedOrigins: [['https://other.test'], OBEYED],
  uploadProgress: [true, REFUSED],
  useCredentials: [true, OBEYED],
  userAgent: ['mine/1', /In a page Firefox and WebKit send it.*Chromium sends its own/s],
};

const OF_REQUESTS = new Set(Object.keys(DEFAULT_OPTIONS));
const NAMES = [...new Set([...MANAGER_OPTION_NAMES, ...OF_REQUESTS])].sort();

/** The comment above the declaration of an option. */
function docstringOf(name: string): string {
  const files = ['src/options/options.ts', 'src/call/parts.ts'];
  for (const file of files) {
    const [, comment] =
      new RegExp(`/\\*\\*((?:(?!\\*/).)*)\\*/\\s+readonly ${name}:`, 's').exec(
        readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8'),
      ) ?? [];
    if (comment !== undefined) return comment.replace(/\n\s*\*/g, '\n');
  }
  return '';
}

/** Sends a request under the option. */
async function attempt(name: string, value: unknown): Promise<string> {
  const isOfRequest = OF_REQUESTS.has(name);
  // Counted uploads have a body, and so have those that are streamed.
  const body = name === 'uploadProgress' ? 'body' : null;
  const manager = managerWith(isOfRequest ? {} : { [name]: value });
  try {
    const request = { url: URL_OF_OTHERS, ...(isOfRequest ? { [name]: value } : {}) };
    return await (body === null
      ? manager.get(request as never)
      : manager.post(request as never, body)
    ).text();
  } finally {
    await manager.close();
  }
}

describe('in a page', () => {
  test('every option has a row', () => {
    expect(Object.keys(ROWS).sort()).toEqual(NAMES);
  });

  test.each(Object.entries(ROWS))('%s', async (name, [value, expected]) => {
    const outcome = attempt(name, value);
    if (expected === REFUSED) {
      const error = await outcome.then(
        () => null,
        (reason: Error & { capability?: string }) => reason,
      );
      expect(error instanceof TypeError || error?.capability !== undefined, String(error)).toBe(true);
    } else {
      expect(await outcome).toMatch(/^(body|)$/);
      if (expected instanceof RegExp) expect(docstringOf(name)).toMatch(expected);
    }
  });
});
