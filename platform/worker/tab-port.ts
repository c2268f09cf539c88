import type { NetworkError } from '../../src/error.ts';
import type { BridgePort, PortListener } from '../bridge/port.ts';
import { listen } from '../bridge/ports/dom-port.ts';

/** A channel between two tabs. It copies, and does not tell when the other one goes. */
export function broadcastPort(name: string): BridgePort {
  const channel = new BroadcastChannel(name);
  let release = (): void => {};
  return {
    transfers: false,
    tellsClose: false,
    open(listener) {
      release = listen(channel, listener);
    },
    post: (message) => channel.postMessage(message),
    close() {
      release();
      channel.close();
    },
  };
}

/** What a tab does for its port. */
export interface TabPortOwner {
  /** A port wants a leader. */
  wants(port: TabPort): void;
  /** It is closed, or has lost its leader. */
  over(port: TabPort): void;
}

/** The way to whichever tab leads: what is said before there is one waits for it. */
export class TabPort implements BridgePort {
  readonly tellsClose = false;
  readonly id = crypto.randomUUID();
  readonly #owner: TabPortOwner;
  readonly #early: [message: unknown, transfer: ArrayBuffer[]][] = [];
  #inner: BridgePort | null = null;
  #listener: PortListener | null = null;

  constructor(owner: TabPortOwner) {
    this.#owner = owner;
  }

  get transfers(): boolean {
    return this.#inner?.transfers ?? false;
  }

  /** There is no leader yet. */
  get isWaiting(): boolean {
    return this.#inner === null;
  }

  open(listener: PortListener): void {
    this.#listener = listener;
    this.#owner.wants(this);
  }

  post(message: unknown, transfer: ArrayBuffer[]): void {
    if (this.#inner === null) this.#early.push([message, transfer]);
    else this.#inner.post(message, transfer);
  }

  close(): void {
    this.#listener = null;
    this.#early.length = 0;
    this.#inner?.close();
    this.#owner.over(this);
  }

  /** A tab leads, and serves this port through that one. */
  attach(inner: BridgePort): void {
    const listener = this.#listener;
    if (listener === null || this.#inner !== null) {
      inner.close();
      return;
    }
    this.#inner = inner;
    inner.open(listener);
    for (const [message, transfer] of this.#early.splice(0)) inner.post(message, transfer);
  }

  /** No tab can lead, and why: as an owner says it. */
  refuse(error: NetworkError): void {
    this.#listener?.message([{ type: 'goodbye', error: error.toJSON() }]);
  }

  /** The tab that led does not any more. */
  lose(): void {
    this.#listener?.closed();
  }
}
