/** `examples/service-worker`: one worker, as a module and as a classic script, answers all that a site asks for. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';

const elsewhere = inject('server');

type Realm = Window & typeof globalThis & { readonly ran?: string; readonly moved?: string };

describe.each(['module', 'classic'] as const)('as a %s script', (type) => {
  const site = `${location.origin}/example/${crypto.randomUUID()}/`;
  const frame = document.createElement('iframe');
  let registration: ServiceWorkerRegistration;

  beforeAll(async () => {
    document.body.append(frame);
    registration = await navigator.serviceWorker.register(`${site}${type}.js`, { type, scope: site });
    const worker = registration.installing ?? registration.waiting ?? registration.active!;
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (worker.state === 'activated') resolve();
        if (worker.state === 'redundant') reject(new Error('the worker was not installed'));
      };
      worker.addEventListener('statechange', look);
      look();
    });
  });
  afterAll(async () => {
    frame.remove();
    await registration.unregister();
  });

  async function open(path: string): Promise<Realm> {
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    frame.src = site + path;
    await loaded;
    const realm = frame.contentWindow as Realm;
    expect(realm.navigator.serviceWorker.controller?.scriptURL).toBe(`${site}${type}.js`);
    return realm;
  }

  async function picture({ document }: Realm, src: string): Promise<number> {
    const image = document.createElement('img');
    image.src = src;
    await image.decode();
    return image.naturalWidth;
  }

  test('a document, its scripts and its pictures', async () => {
    const realm = await open('');
    expect(realm.document.title).toBe('home');
    await expect.poll(() => realm.ran).toBe(`${site}part.js`);
    expect(realm.document.querySelector('img')!.naturalWidth).toBe(7);
  });

  test('a document at the end of a redirect, which has its own base URL, as has a script', async () => {
    const realm = await open('old');
    expect([realm.document.title, realm.document.baseURI]).toEqual(['moved here', `${site}new/`]);
    await expect.poll(() => realm.ran).toBe(`${site}new/part.js`);
    await expect.poll(() => realm.moved).toBe(`${site}new/part.js`);
  });

  test('a form that is posted by a script, and one that is a navigation', async () => {
    const realm = await open('bare.html');
    const data = new realm.FormData();
    data.set('file', new realm.File(['its content'], 'ä.txt'));
    const text = await (await realm.fetch('posted', { method: 'POST', body: data })).text();
    expect(text).toContain('filename="ä.txt"');
    expect(text).toContain('its content');
    const form = realm.document.createElement('form');
    Object.assign(form, { method: 'post', action: 'posted' });
    form.append(Object.assign(realm.document.createElement('input'), { name: 'a', value: 'b' }));
    realm.document.body.append(form);
    const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
    form.submit();
    await loaded;
    expect(frame.contentDocument!.documentElement.textContent).toContain('a=b');
  });

  test('no-cors, opaque redirects and what another origin refuses, as without it', async () => {
    const realm = await open('bare.html');
    expect(await realm.fetch(`${elsewhere}/hello`, { mode: 'no-cors' })).toMatchObject({ type: 'opaque' });
    expect(await realm.fetch('old', { redirect: 'manual' })).toMatchObject({ type: 'opaqueredirect' });
    const followed = await realm.fetch('old');
    expect([followed.url, followed.redirected, followed.status]).toEqual([`${site}new/`, true, 200]);
    await expect(realm.fetch(`${elsewhere}/hello`, { mode: 'same-origin' })).rejects.toThrow(realm.TypeError);
    const controller = new realm.AbortController();
    const stalled = realm.fetch(`${elsewhere}/black-hole`, { signal: controller.signal });
    controller.abort();
    await expect(stalled).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('without a network: what is kept is there, nothing else is', async () => {
    await fetch(`${site}offline`);
    await expect(fetch(site, { cache: 'no-store' })).rejects.toThrow(TypeError);
    const realm = await open('');
    expect(realm.document.title).toBe('home');
    await expect.poll(() => realm.ran).toBe(`${site}part.js`);
    expect(await picture(realm, 'picture.svg')).toBe(7);
    await expect(realm.fetch('never-seen')).rejects.toThrow(realm.TypeError);
    await expect(realm.fetch('posted', { method: 'POST', body: 'x' })).rejects.toThrow(realm.TypeError);
  });
});
