/** For a page in a window of Electron: a client of the manager that the main process shares. */
import { ConnectedClient, type ConnectOptions, connectOptions } from '../bridge/client/connected-client.ts';
import { domPort } from '../bridge/ports/dom-port.ts';
import { EXPOSED, type HandOver } from './hand-over.ts';

export { ConnectedClient, type ConnectOptions } from '../bridge/client/connected-client.ts';

let current: ConnectedClient | null = null;

/**
 * The client of this page. It can be used at once; whether the main process serves the page is told by `client.ready` and by
 * every request. The same one for all callers in the page, with the options of the first, until it fails or is closed: then a new one
 * is connected.
 *
 * @throws TypeError where no preload has called `exposeManager`, and for options that there are not, whose client it may be
 */
export function connectManager(options?: ConnectOptions): ConnectedClient {
  const checked = connectOptions(options);
  if (current === null || current.failure !== null) current = new ConnectedClient(handOverPort(), checked);
  return current;
}

function handOverPort(): ReturnType<typeof domPort> {
  const exposed = (globalThis as { readonly [EXPOSED]?: HandOver })[EXPOSED];
  if (exposed === undefined)
    throw new TypeError(
      "connectManager: no preload has exposed a manager to this page: call exposeManager of 'fairlead/electron/preload' in the preload script of its window",
    );
  const { port1, port2 } = new MessageChannel();
  const key = `fairlead ${crypto.getRandomValues(new Uint32Array(4)).join(' ')}`;
  exposed.expect(key);
  window.postMessage(key, '*', [port2]);
  // What a renderer transfers to the main process arrives there as null.
  return { ...domPort(port1), transfers: false };
}
