/** What a page can say about redirects that it does not see. */
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import type { RequestOptions } from '../../src/options/options.ts';

const elsewhere = inject('server');
/** A resource of the page's own origin. */
const home = new URL('./fixtures/blank.html', import.meta.url).href;
const redirectTo = (target: string): string => `${location.origin}/redirect-to?${encodeURIComponent(target)}`;

/** A URL on the other origin, and how often it was asked for. */
function witness(): { readonly url: string; requests(): Promise<number> } {
  const id = crypto.randomUUID();
  const requests = async (): Promise<number> => {
    const response = await fetch(`${elsewhere}/journal?of=${id}`);
    return ((await response.json()) as { readonly requests: number }).requests;
  };
  return { url: `${elsewhere}/hello?id=${id}`, requests };
}

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

test('by default redirects are followed, and the reply says where it ended', async () => {
  const { url } = witness();
  const reply = manager.get(redirectTo(url));
  expect(await reply.text()).toBe('hello');
  expect([reply.url, reply.hops]).toEqual([url, []]);
});

describe('same-origin', () => {
  beforeEach(() => {
    manager.redirectPolicy = 'same-origin';
  });

  test('within the page’s origin it is followed', async () => {
    const reply = manager.get(redirectTo(home));
    expect(await reply.text()).toContain('A page of our own');
    expect(reply.url).toBe(home);
  });

  test('to another origin the reply fails, without a body, and nothing is asked there', async () => {
    const { url, requests } = witness();
    const reply = manager.get(redirectTo(url));
    await expect(reply.text()).rejects.toMatchObject({ code: 'unknown-network' });
    expect([reply.status, reply.bytesAvailable]).toEqual([0, 0]);
    expect(await requests()).toBe(0);
  });

  test('for another origin it is refused before anything is sent', async () => {
    const { url, requests } = witness();
    await expect(manager.get(url).completed).rejects.toMatchObject({
      code: 'protocol-invalid-operation',
      capability: 'redirects',
    });
    expect(await requests()).toBe(0);
  });
});

test.each<Partial<RequestOptions>>([
  { redirectPolicy: 'manual' },
  { redirectPolicy: 'user-verified' },
  { maximumRedirectsAllowed: 5 },
])('%j is refused before anything is sent', async (options) => {
  const { url, requests } = witness();
  const reply = manager.get({ url, ...options });
  await expect(reply.completed).rejects.toMatchObject({ capability: 'redirects' });
  expect(reply.error?.message).toContain(Object.keys(options)[0]);
  expect(await requests()).toBe(0);
});

describe('none allowed', () => {
  test('a redirect fails, and nothing is asked where it points', async () => {
    const { url, requests } = witness();
    const reply = manager.get({ url: redirectTo(url), maximumRedirectsAllowed: 0 });
    await expect(reply.completed).rejects.toMatchObject({ code: 'unknown-network' });
    await expect(manager.fetch(redirectTo(url), { redirect: 'error' })).rejects.toThrow(TypeError);
    expect(await requests()).toBe(0);
  });

  test('what is no redirect is answered', async () => {
    const response = await manager.fetch(`${elsewhere}/hello`, { redirect: 'error' });
    expect(await response.text()).toBe('hello');
  });
});

test('fetch with redirect: manual gives what the browser shows of a redirect', async () => {
  const { url, requests } = witness();
  const response = await manager.fetch(redirectTo(url), { redirect: 'manual' });
  expect(response).toMatchObject({ type: 'opaqueredirect', status: 0 });
  expect(await requests()).toBe(0);
});
