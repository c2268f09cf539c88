/** `event.respondWith(manager.fetch(event.request))`: documents, redirects, images, forms, as if nothing stood between. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';

const elsewhere = inject('server');
const script = new URL('./fixtures/fetch-worker.ts', import.meta.url).href;
const page = new URL('./fixtures/blank.html', import.meta.url).href;

let registration: ServiceWorkerRegistration | null = null;
const frame = document.createElement('iframe');

/** Not every engine has module workers of this kind, and WebKitGTK may have none at all. */
beforeAll(async () => {
  registration = await navigator.serviceWorker
    ?.register(`${script}?worker_file&type=module`, { type: 'module', scope: new URL('.', script).href })
    .catch(() => null);
  const worker = registration?.installing ?? registration?.waiting ?? registration?.active;
  if (!worker) return;
  await new Promise<void>((resolve) => {
    const look = (): void => void (worker.state === 'activated' && resolve());
    worker.addEventListener('statechange', look);
    look();
  });
  await open(page);
});
afterAll(async () => {
  frame.remove();
  await registration?.unregister();
});

async function open(url: string): Promise<Window & typeof globalThis> {
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  frame.src = url;
  document.body.append(frame);
  await loaded;
  return frame.contentWindow as Window & typeof globalThis;
}

/** What the worker has answered since it was asked last; with a URL, what came of an upload to it that is counted. */
function answered(uploadTo = ''): Promise<readonly string[]> {
  const { port1, port2 } = new MessageChannel();
  registration!.active!.postMessage(uploadTo, [port2]);
  return new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data as readonly string[]);
  });
}

test('a document', async ({ skip }) => {
  if (registration === null) skip();
  await answered();
  const { document } = await open(`${page}?again`);
  expect(document.documentElement.outerHTML).toContain('A page of our own');
  expect(await answered()).toContain('navigate GET blank.html: basic 200');
});

test('a form, an image of another origin, and an answer with its own URL', async ({ skip }) => {
  if (registration === null) skip();
  const realm = await open(`${page}?forms`);
  await answered();
  const form = new realm.FormData();
  form.set('f', new realm.File(['file'], 'f.txt'));
  const sent = await realm.fetch(`${elsewhere}/echo`, { method: 'POST', body: form });
  expect(((await sent.json()) as { readonly body: string }).body).toContain('filename="f.txt"');
  const followed = await realm.fetch(`${elsewhere}/redirect/302/hello`);
  expect([followed.url, followed.redirected, await followed.text()]).toEqual([
    `${elsewhere}/hello`,
    true,
    'hello',
  ]);
  const opaque = await realm.fetch(`${elsewhere}/hello`, { mode: 'no-cors' });
  expect(opaque.type).toBe('opaque');
  expect(await answered()).toEqual([
    'cors POST echo: cors 200',
    'cors GET hello: cors 200',
    'no-cors GET hello: opaque 0',
  ]);
});

test('an upload that is to be counted is refused, because there is no XMLHttpRequest', async ({ skip }) => {
  if (registration === null) skip();
  const [code, message] = await answered(`${elsewhere}/echo`);
  expect(code).toBe('protocol-invalid-operation');
  expect(message).toContain('XMLHttpRequest');
});
