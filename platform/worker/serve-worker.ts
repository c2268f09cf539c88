import { type Checks, checkOptions, OBJECT } from '../../src/checks/checker.ts';
import type { Manager } from '../../src/manager.ts';
import { Signals } from '../../src/signals.ts';
import { ServedPort } from '../bridge/owner/served-port.ts';
import type { PolicyViolation } from '../bridge/owner/violations.ts';
import { type BridgePolicyInput, policyFor, type ResolvedPolicy } from '../bridge/policy/policy.ts';
import { type DomMessagePort, domPort } from '../bridge/ports/dom-port.ts';
import { HAND_OVER } from './connect-worker.ts';
import { refuseServiceWorker } from './service-worker.ts';

/** What `serveWorker` takes beside the manager. */
export interface ServeWorkerOptions {
  /** What each client may do. @default what a page of the web may do */
  readonly policy?: BridgePolicyInput;
}

/** What a worker that serves its manager tells of those who connect. */
export type ServedWorkerSignals = {
  /** A tab, or another context, is served. */
  connected: (port: ServedPort) => void;
  /** A client has tried what the policy does not allow. */
  policyViolated: (violation: PolicyViolation) => void;
};

const CHECKS: Checks<ServeWorkerOptions> = { policy: OBJECT };
const SIGNALS: ReadonlySet<string> = new Set(
  Object.keys({ connected: 1, policyViolated: 1 } satisfies Record<keyof ServedWorkerSignals, 1>),
);

/** What is used of the global scope of a worker. */
interface WorkerScope {
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void;
  removeEventListener(type: string, listener: (event: WorkerEvent) => void): void;
}

interface WorkerEvent {
  readonly data: unknown;
  readonly ports: readonly DomMessagePort[];
}

/**
 * Serves everybody who connects to the worker that this runs in (`connectWorker`): all tabs of an origin in a SharedWorker, the
 * page and whom it gives the worker to in a dedicated one. To be called while the script of the worker runs for the first time,
 * so that no tab comes before it.
 *
 *     // worker.js: new SharedWorker('worker.js', { type: 'module' })
 *     serveWorker(new NetworkAccessManager(), { policy: { origins: ['https://api.example.com'] } });
 *
 * @throws TypeError that names the option when it is unknown or ill-typed; NetworkError protocol-invalid-operation in a service
 *   worker, which does not last
 */
export function serveWorker(manager: Manager, options?: ServeWorkerOptions): ServedWorker {
  const { policy } = checkOptions('serveWorker', options, CHECKS);
  refuseServiceWorker('serveWorker');
  return new ServedWorker(manager, policyFor(manager, policy), globalThis as unknown as WorkerScope);
}

/** A manager in a worker, whose tabs are its clients: what `serveWorker` gives. */
export class ServedWorker extends Signals<ServedWorkerSignals> {
  readonly #manager: Manager;
  readonly #policy: ResolvedPolicy;
  readonly #scope: WorkerScope;
  readonly #ports = new Set<ServedPort>();
  readonly #connect = ({ ports: [port] }: WorkerEvent): void => this.#serve(port);
  readonly #message = ({ data, ports: [port] }: WorkerEvent): void => {
    if (data === HAND_OVER) this.#serve(port);
  };

  /** @internal `serveWorker` makes them. */
  constructor(manager: Manager, policy: ResolvedPolicy, scope: WorkerScope) {
    super(SIGNALS);
    this.#manager = manager;
    this.#policy = policy;
    this.#scope = scope;
    scope.addEventListener('connect', this.#connect);
    scope.addEventListener('message', this.#message);
  }

  /** One for each client that is served now, in the order in which they came. */
  get ports(): readonly ServedPort[] {
    return [...this.#ports];
  }

  /** Serves nobody any more, and ends what is under way for those who were. The manager goes on. */
  close(): void {
    this.#scope.removeEventListener('connect', this.#connect);
    this.#scope.removeEventListener('message', this.#message);
    for (const port of this.ports) port.close();
  }

  #serve(port: DomMessagePort | undefined): void {
    if (port === undefined) return;
    const served = new ServedPort(this.#manager, domPort(port), this.#policy);
    this.#ports.add(served);
    served.on('closed', () => this.#ports.delete(served));
    served.on('policyViolated', (violation) => this.emit('policyViolated', violation));
    this.emit('connected', served);
  }
}
