/** A service worker that uses the manager of a page through a port. */
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { serve } from '../../platform/bridge/index.ts';
import { NetworkAccessManager } from '../../platform/browser/index.ts';

let registration: ServiceWorkerRegistration | null = null;
beforeAll(async () => {
  registration =
    (await navigator.serviceWorker
      ?.register('/tab/client-worker.js', { scope: '/tab/client-worker' })
      .catch(() => null)) ?? null;
});
afterAll(() => registration?.unregister());

/** The messages of a port, one after the other. */
function messagesOf(port: MessagePort): () => Promise<unknown> {
  const messages = new ReadableStream<unknown>({
    start(controller) {
      port.onmessage = ({ data }) => controller.enqueue(data);
    },
  }).getReader();
  return async () => (await messages.read()).value;
}

test('makes requests while the page is there, and serves nobody', async ({ skip }) => {
  if (registration === null) skip();
  const manager = new NetworkAccessManager();
  const bridge = new MessageChannel();
  const answers = new MessageChannel();
  const served = serve(manager, bridge.port1, { addresses: ['127.0.0.1'] });
  const worker = registration!.installing ?? registration!.waiting ?? registration!.active!;
  const answer = messagesOf(answers.port1);
  worker.postMessage(inject('server'), [bridge.port2, answers.port2]);
  const noManager = (name: string) =>
    expect.stringMatching(new RegExp(`${name}: a service worker does not last`));
  expect(await answer()).toEqual({
    text: 'hello',
    sent: '1000000',
    received: 1_000_000,
    refusals: [noManager('serveWorker'), noManager('connectTabs')],
  });
  expect(await answer()).toBe('under way');
  served.close();
  // In Firefox the end of the port comes before the last words.
  expect(['operation-canceled', 'network-session-failed']).toContain(await answer());
  await manager.close();
});
