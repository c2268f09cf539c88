/** A page's manager over a fetch of ours: what it knows of HSTS, and what it makes of redirects that it cannot see. */
import { afterEach, describe, expect, test } from 'vitest';
import { NetworkAccessManager } from '../../../platform/browser/index.ts';
import { FetchTransport } from '../../../platform/common/fetch-transport.ts';
import { browserCapabilities } from '../../../platform/common/fetch-transport-capabilities.ts';
import type { ManagerOptions } from '../../../src/call/parts.ts';
import { StrictTransportSecurity } from '../../../src/hsts/strict-transport-security.ts';
import type { RequestOptions } from '../../../src/options/options.ts';

const PAGE = 'https://page.test';
const KNOWN = { host: 'known.test', expiry: Date.now() + 60_000, includeSubDomains: true };

const managers: NetworkAccessManager[] = [];
afterEach(() => Promise.all(managers.splice(0).map((manager) => manager.close())));

/** What the browser says to have ended at, and with which fields. */
interface End {
  readonly url?: string;
  readonly headers?: Record<string, string>;
}

function setup(ends: readonly End[] = [], options: ManagerOptions = {}) {
  const asked: { readonly url: string; readonly init: RequestInit }[] = [];
  const fetch = async (target: string | Request, init: RequestInit): Promise<Response> => {
    const url = String(target);
    const { url: end = url, headers = {} } = ends[asked.length] ?? {};
    asked.push({ url, init });
    const response = new Response('body', { headers });
    return Object.defineProperties(response, { url: { value: end }, redirected: { value: end !== url } });
  };
  const manager = new NetworkAccessManager({
    transport: new FetchTransport(fetch, { ...browserCapabilities(), pageOrigin: PAGE }),
    ...options,
  });
  managers.push(manager);
  return { manager, asked, urls: () => asked.map(({ url }) => url) };
}

const withPart = (options: ManagerOptions = {}): ManagerOptions => ({
  strictTransportSecurity: new StrictTransportSecurity(),
  strictTransportSecurityEnabled: true,
  ...options,
});

describe('HSTS by the part that is set', () => {
  test.each<[string, End, string]>([
    ['over TLS it is noted', { url: 'https://a.test/' }, 'https://a.test/'],
    ['without TLS it is not', { url: 'http://a.test/' }, 'http://a.test/'],
  ])('a header that the page may read: %s', async (_name, end, expected) => {
    const headers = { 'strict-transport-security': 'max-age=60' };
    const { manager, urls } = setup([{ ...end, headers }], withPart());
    await manager.get(end.url!).completed;
    await manager.get('http://a.test/').completed;
    expect(urls()[1]).toBe(expected);
  });

  test('hosts that are added are asked over https, and whole top-level domains', async () => {
    const { manager, urls } = setup([], withPart({ preloadedTopLevelDomains: ['dev'] }));
    manager.addStrictTransportSecurityHosts([KNOWN]);
    for (const url of ['http://a.known.test:80/', 'http://a.dev:8080/', 'http://a.test/']) {
      await manager.get(url).completed;
    }
    expect(urls()).toEqual(['https://a.known.test/', 'https://a.dev:8080/', 'http://a.test/']);
  });

  test('a store has no directory in a page', async () => {
    const { manager } = setup([], withPart());
    await expect(manager.enableStrictTransportSecurityStore(true, '/tmp')).rejects.toThrow(TypeError);
    expect(manager.isStrictTransportSecurityStoreEnabled).toBe(false);
  });

  test('without one the browser keeps HSTS to itself, and what would need it says so', async () => {
    const { manager, urls } = setup([], { preloadedTopLevelDomains: ['dev'] });
    await manager.get('http://a.dev/').completed;
    expect(urls()).toEqual(['http://a.dev/']);
    expect(manager.strictTransportSecurityHosts()).toEqual([]);
    expect(() => manager.addStrictTransportSecurityHosts([KNOWN])).toThrow('strictTransportSecurity');
    await expect(manager.enableStrictTransportSecurityStore(true)).rejects.toMatchObject({
      code: 'protocol-invalid-operation',
      capability: 'strictTransportSecurity',
    });
  });

  test('switching it on without one is refused, by the constructor and afterwards', () => {
    const sentence = /strictTransportSecurityEnabled.*new StrictTransportSecurity/;
    expect(() => setup([], { strictTransportSecurityEnabled: true })).toThrow(sentence);
    const { manager } = setup();
    expect(() => {
      manager.strictTransportSecurityEnabled = true;
    }).toThrow(sentence);
    expect(manager.strictTransportSecurityEnabled).toBe(false);
  });
});

describe('redirects that the browser has followed', () => {
  test.each([
    ['from https', 'https://a.test/'],
    ['from http of a known host', 'http://known.test/'],
  ])('a downgrade is insecure-redirect, and there is no body: %s', async (_name, url) => {
    const { manager } = setup([{ url: 'http://b.test/' }], withPart());
    manager.addStrictTransportSecurityHosts([KNOWN]);
    const reply = manager.get(url);
    await expect(reply.text()).rejects.toMatchObject({ code: 'insecure-redirect', url: 'http://b.test/' });
    expect(reply.bytesAvailable).toBe(0);
    expect(reply.status).toBe(0);
  });

  test('others are the reply’s', async () => {
    const { manager } = setup([{ url: 'https://b.test/' }]);
    const reply = manager.get('http://a.test/');
    expect(await reply.text()).toBe('body');
    expect(reply.url).toBe('https://b.test/');
  });
});

describe('what cannot be seen', () => {
  test.each<[string, Partial<RequestOptions>, string]>([
    ['manual', { redirectPolicy: 'manual' }, `${PAGE}/`],
    ['user-verified', { redirectPolicy: 'user-verified' }, `${PAGE}/`],
    ['same-origin for another origin', { redirectPolicy: 'same-origin' }, 'https://other.test/'],
    ['a number of redirects', { maximumRedirectsAllowed: 3 }, `${PAGE}/`],
  ])('is refused before anything is sent: %s', async (_name, options, url) => {
    const { manager, asked } = setup();
    await expect(manager.get({ url, ...options }).completed).rejects.toMatchObject({
      code: 'protocol-invalid-operation',
      capability: 'redirects',
    });
    expect(asked).toEqual([]);
  });

  test('the browser is told the redirect of fetch', async () => {
    const { manager, asked } = setup();
    for (const redirect of ['manual', 'error', 'follow'] as const)
      await manager.fetch(`${PAGE}/`, { redirect });
    expect(asked.map(({ init }) => init.redirect)).toEqual(['manual', 'error', 'follow']);
  });

  test('same-origin on the page’s own origin is left to the browser', async () => {
    const { manager, asked } = setup([], { redirectPolicy: 'same-origin' });
    await manager.get(`${PAGE}/a`).completed;
    expect(asked[0]!.init).toMatchObject({ mode: 'same-origin', redirect: 'follow' });
  });
});
