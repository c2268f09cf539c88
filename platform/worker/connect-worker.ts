import { hasMethods } from '../../src/checks/checker.ts';
import { ConnectedClient, type ConnectOptions } from '../bridge/client/connected-client.ts';
import { type DomMessagePort, domPort } from '../bridge/ports/dom-port.ts';

/** What a page says to a dedicated worker with a port for it. A SharedWorker has a port for each tab by itself. */
export const HAND_OVER = 'fairlead:connect';

/** What is used of a SharedWorker. */
export interface SharedWorkerLike {
  /** Where its worker hears the tab; nothing else may listen on it. */
  readonly port: DomMessagePort;
}

/** What is used of a dedicated Worker. */
export interface WorkerLike {
  /** Carries one end of a channel over. */
  // biome-ignore lint/suspicious/noExplicitAny: what can be transferred has another name in every library of types
  postMessage(message: unknown, transfer: any[]): void;
}

/**
 * A client of the manager that a worker serves (`serveWorker`). It can be used at once. When the tab goes away, its
 * requests end in the worker: by the port where it tells (`close`), else by a Web Lock that the tab holds, else by its silence.
 *
 *     const client = connectWorker(new SharedWorker('worker.js', { type: 'module' }));
 *
 * @throws TypeError for what is no worker
 */
export function connectWorker(
  worker: SharedWorkerLike | WorkerLike,
  options?: ConnectOptions,
): ConnectedClient {
  return new ConnectedClient(domPort(portTo(worker)), options);
}

function portTo(worker: SharedWorkerLike | WorkerLike): DomMessagePort {
  const { port } = worker as Partial<SharedWorkerLike>;
  if (hasMethods(port, ['postMessage', 'start', 'close'])) return port!;
  if (!hasMethods(worker, ['postMessage']))
    throw new TypeError('connectWorker: expected a SharedWorker or a Worker');
  const { port1, port2 } = new MessageChannel();
  (worker as WorkerLike).postMessage(HAND_OVER, [port2]);
  return port1;
}
