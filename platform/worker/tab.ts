import { NetworkError } from '../../src/error.ts';
import type { Clock } from '../../src/util/clock.ts';
import { reportUncaught } from '../../src/util/microtasks.ts';
import type { BridgePort } from '../bridge/port.ts';
import type { Leader } from './leader.ts';
import { broadcastPort, TabPort, type TabPortOwner } from './tab-port.ts';

/** What tabs say to all others of their name. */
type Said =
  /** A port wants to be served. */
  | { readonly type: 'wanted'; readonly port: string }
  /** Who says it leads from now on. */
  | { readonly type: 'leader'; readonly epoch: number }
  /** The leader listens on the channel of that port. */
  | { readonly type: 'serving'; readonly port: string; readonly epoch: number };

/**
 * One of several tabs, of which one leads: that which holds the Web Lock of their name. When it closes, crashes or is
 * discarded, the browser gives the lock to the next.
 *
 * A lock can be stolen by a script of the same origin, and a tab that has lost it may still say something. So each leadership
 * has an epoch: the channel of a port is named by it, and what is said under an older one than was heard of is passed over.
 */
export class Tab implements TabPortOwner {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #makeLeader: (epoch: number) => Leader;
  /** What all tabs hear; null while the page is away. */
  #channel: BridgePort | null = null;
  readonly #ports = new Set<TabPort>();
  /** The highest that was heard of. */
  #epoch = 0;
  #leader: Leader | null = null;
  /** Why the browser gives nobody here a lock, or null. */
  #denial: NetworkError | null = null;
  /** Ends the candidacy, or the leadership. */
  #campaign: AbortController | null = null;
  #stopLeading = (): void => {};
  readonly #hide = (): void => void this.#leave();
  readonly #show = ({ persisted }: { readonly persisted?: boolean }): void => {
    if (persisted !== true) return;
    this.#enter();
    for (const port of [...this.#ports]) this.wants(port);
  };

  constructor(name: string, clock: Clock, makeLeader: (epoch: number) => Leader) {
    this.#name = `fairlead.tabs.${name}`;
    this.#clock = clock;
    this.#makeLeader = makeLeader;
    // A page that is kept to be shown again answers nobody, and hears nothing: what is said to it would end its being kept.
    globalThis.addEventListener?.('pagehide', this.#hide);
    globalThis.addEventListener?.('pageshow', this.#show as () => void);
    this.#enter();
  }

  get isLeader(): boolean {
    return this.#leader !== null;
  }

  /** A port to whichever tab leads. */
  port(): TabPort {
    return new TabPort(this);
  }

  wants(port: TabPort): void {
    this.#ports.add(port);
    if (this.#denial !== null) port.refuse(this.#denial);
    else if (this.#leader !== null) port.attach(this.#leader.serveHere(port.id));
    else this.#say({ type: 'wanted', port: port.id });
  }

  over(port: TabPort): void {
    this.#ports.delete(port);
  }

  async close(): Promise<void> {
    globalThis.removeEventListener?.('pagehide', this.#hide);
    globalThis.removeEventListener?.('pageshow', this.#show as () => void);
    await this.#leave();
  }

  /** Hears the other tabs, and waits to lead them. */
  #enter(): void {
    this.#channel = broadcastPort(this.#name);
    this.#channel.open({
      message: (said) => this.#hear(said as Said),
      unreadable: () => {},
      closed: () => {},
    });
    this.#denial = null;
    this.#run();
  }

  /** Waits for the lock, and leads while it is held. */
  #run(): void {
    if (this.#campaign !== null) return;
    const campaign = new AbortController();
    this.#campaign = campaign;
    const held = navigator.locks.request(this.#name, { signal: campaign.signal }, () => this.#lead());
    held.catch((cause: Error) => {
      if (campaign.signal.aborted) return;
      this.#campaign = null;
      void this.#retire();
      // It was stolen: somebody else leads.
      if (cause.name === 'AbortError') this.#run();
      else this.#deny(cause);
    });
  }

  /** Of a sandboxed frame, or where storage is blocked: another try would end as soon, and so on for ever. */
  #deny(cause: Error): void {
    const words = `connectTabs: the browser denies Web Locks here: ${cause.message}`;
    this.#denial = new NetworkError('protocol-invalid-operation', words, { capability: 'locks', cause });
    for (const port of [...this.#ports]) port.refuse(this.#denial);
  }

  #lead(): Promise<void> | undefined {
    const epoch = Math.max(this.#clock.now(), this.#epoch + 1);
    try {
      this.#leader = this.#makeLeader(epoch);
    } catch (error) {
      // Another tab may lead.
      reportUncaught(error);
      return undefined;
    }
    this.#succeed(epoch);
    this.#say({ type: 'leader', epoch });
    return new Promise((resolve) => {
      this.#stopLeading = resolve;
    });
  }

  #hear(said: Said): void {
    switch (said.type) {
      case 'wanted':
        if (this.#leader === null) return;
        this.#leader.serve(this.#channelOf(said.port, this.#leader.epoch));
        this.#say({ type: 'serving', port: said.port, epoch: this.#leader.epoch });
        break;
      case 'leader':
        if (said.epoch > this.#epoch) this.#succeed(said.epoch);
        break;
      case 'serving':
        if (said.epoch >= this.#epoch) this.#served(said.port, said.epoch);
        break;
    }
  }

  /** Another tab leads, or this one: who was served by the last is not any more, and who waits need not. */
  #succeed(epoch: number): void {
    this.#epoch = epoch;
    for (const port of [...this.#ports]) {
      if (port.isWaiting) this.wants(port);
      else port.lose();
    }
  }

  #served(id: string, epoch: number): void {
    const port = [...this.#ports].find((one) => one.id === id && one.isWaiting);
    if (port === undefined) return;
    this.#epoch = epoch;
    port.attach(broadcastPort(this.#channelOf(id, epoch)));
  }

  /** Does not lead, does not wait to, and hears nobody. */
  async #leave(): Promise<void> {
    this.#campaign?.abort();
    this.#campaign = null;
    const retired = this.#retire();
    for (const port of [...this.#ports]) port.lose();
    this.#stopLeading();
    this.#channel?.close();
    this.#channel = null;
    await retired;
  }

  async #retire(): Promise<void> {
    const leader = this.#leader;
    this.#leader = null;
    const words = 'the tab that had the manager leads no more; repeat the request';
    await leader?.retire(new NetworkError('network-session-failed', words));
  }

  #say(said: Said): void {
    this.#channel?.post(said, []);
  }

  #channelOf(id: string, epoch: number): string {
    return `${this.#name}.${epoch}.${id}`;
  }
}
