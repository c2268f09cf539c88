import { NetworkError } from '../../src/error.ts';

/**
 * A service worker is ended whenever no event is under way in it, and what it served would end with it.
 * @throws NetworkError protocol-invalid-operation in one
 */
export function refuseServiceWorker(name: string): void {
  if (!('skipWaiting' in globalThis)) return;
  const words = `${name}: a service worker does not last and cannot have the manager of others: let a page or a SharedWorker have it, and give this one a port of it (connect of 'fairlead/bridge')`;
  throw new NetworkError('protocol-invalid-operation', words);
}
