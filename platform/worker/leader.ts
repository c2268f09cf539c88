import type { NetworkError } from '../../src/error.ts';
import type { Manager } from '../../src/manager.ts';
import { reportUncaught } from '../../src/util/microtasks.ts';
import { ServedPort } from '../bridge/owner/served-port.ts';
import type { ResolvedPolicy } from '../bridge/policy/policy.ts';
import type { BridgePort } from '../bridge/port.ts';
import { domPort } from '../bridge/ports/dom-port.ts';
import { broadcastPort } from './tab-port.ts';

/** A tab that leads: it has the manager, and serves the others. */
export class Leader {
  /** Larger than those of all that have led before: what a former leader still says is told by it. */
  readonly epoch: number;
  readonly #manager: Manager;
  readonly #policy: ResolvedPolicy;
  readonly #told: (port: ServedPort) => void;
  readonly #ports = new Map<string, ServedPort>();

  constructor(epoch: number, manager: Manager, policy: ResolvedPolicy, told: (port: ServedPort) => void) {
    this.epoch = epoch;
    this.#manager = manager;
    this.#policy = policy;
    this.#told = told;
  }

  /** A tab wants to be served over the channel of that name; it may ask again. */
  serve(channel: string): void {
    if (!this.#ports.has(channel)) this.#begin(channel, broadcastPort(channel));
  }

  /** A port for the leader's own tab, which hands bytes over instead of copying them. */
  serveHere(id: string): BridgePort {
    const { port1, port2 } = new MessageChannel();
    this.#begin(id, domPort(port1));
    return domPort(port2);
  }

  /** Serves nobody any more: what is under way for others ends with that error. */
  async retire(error: NetworkError): Promise<void> {
    for (const port of [...this.#ports.values()]) port.leave(error);
    await this.#manager.close();
  }

  #begin(key: string, port: BridgePort): void {
    const served = new ServedPort(this.#manager, port, this.#policy);
    this.#ports.set(key, served);
    served.on('closed', () => this.#ports.delete(key));
    try {
      this.#told(served);
    } catch (error) {
      // It is the application's, and no reason to lead no more.
      reportUncaught(error);
    }
  }
}
