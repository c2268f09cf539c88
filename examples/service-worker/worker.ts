import { NetworkAccessManager } from 'fairlead';
import { IndexedDbCache } from 'fairlead/browser';
import { type Scope, worker } from './scope.ts';

/**
 * A service worker whose requests all go through a manager: whatever a page asks for is asked for as if nothing stood
 * between, and what the cache keeps is there without a network. It runs as a module and, bundled, as a classic script.
 */
const scope: Scope = worker();

const manager = new NetworkAccessManager({ cache: new IndexedDbCache({ name: 'service-worker-example' }) });

/** What is there without a network from the first visit on. The server says by Cache-Control that it may be kept. */
const KEPT = ['./', 'page.js', 'part.js', 'picture.svg'];

scope.addEventListener('install', (event) => {
  const fetched = KEPT.map((url) => manager.get({ url: new URL(url, scope.registration.scope) }).completed);
  event.waitUntil(Promise.all(fetched).then(() => scope.skipWaiting()));
});

scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));

scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const isOurs = request.method === 'GET' && request.url.startsWith(scope.registration.scope);
  const answer = manager.fetch(request);
  event.respondWith(isOurs ? answer.catch((error: unknown) => fromCache(request.url, error)) : answer);
});

/** What the cache has, however old it is; without it the failure of the network stands. */
async function fromCache(url: string, error: unknown): Promise<Response> {
  try {
    return await manager.fetch(url, { cache: 'only-if-cached', mode: 'same-origin' });
  } catch {
    throw error;
  }
}
