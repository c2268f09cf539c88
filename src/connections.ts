import type { ManagerSettings } from './call/parts.ts';
import type { Transport } from './call/transport.ts';
import type { Platform } from './platform.ts';
import { RequestQueue } from './queue/request-queue.ts';
import { systemClock } from './util/clock.ts';

/**
 * Transport and queue of a manager. One that extends another has the other's, as long as it is given no transport and no
 * limits of its own.
 */
export class Connections {
  readonly #platform: Platform;
  readonly #settings: () => ManagerSettings;
  readonly #extended: Connections | null;
  /** The transports that were the other's when this began. */
  readonly #inherited: readonly (Transport | null)[];
  readonly #queue = new RequestQueue();
  /** The platform's transport, once it was needed. */
  #transport: Transport | null = null;
  #isClosed = false;

  /** @param settings those of the manager, as they are now */
  constructor(platform: Platform, settings: () => ManagerSettings, extended: Connections | null) {
    this.#platform = platform;
    this.#settings = settings;
    this.#extended = extended;
    this.#inherited = extended === null ? [] : givenIn(extended.#settings());
  }

  get isClosed(): boolean {
    return this.#isClosed || (this.#extended?.isClosed ?? false);
  }

  /** Nothing is sent any more. {@link close} comes when what is under way was given up. */
  refuse(): void {
    this.#isClosed = true;
  }

  transportFor({ transport }: ManagerSettings): Transport {
    if (transport !== null) return transport;
    const { root } = this;
    root.#transport ??= this.#platform.createTransport(root.#settings().clock ?? systemClock);
    return root.#transport;
  }

  /** That of the extended manager while limits and transport are the same. */
  queueFor({ connectionsPerHost, maximumConnections, transport }: ManagerSettings): RequestQueue {
    const extended = this.#extended;
    if (extended === null) return this.#queue;
    const theirs = extended.#settings();
    const isShared =
      theirs.connectionsPerHost === connectionsPerHost &&
      theirs.maximumConnections === maximumConnections &&
      theirs.transport === transport;
    return isShared ? extended.queueFor(theirs) : this.#queue;
  }

  clear(): void {
    this.root.#transport?.clearConnections?.();
    for (const transport of givenIn(this.#settings())) transport?.clearConnections?.();
  }

  /** Closes what is not the extended manager's. */
  async close(): Promise<void> {
    const own = givenIn(this.#settings()).filter((transport) => !this.#inherited.includes(transport));
    await Promise.all([this.#transport, ...own].map((transport) => transport?.close()));
  }

  /** Whose transport of the platform it is. */
  private get root(): Connections {
    return this.#extended?.root ?? this;
  }
}

/** The transports that the application has given. */
function givenIn({ transport, uploadProgress }: ManagerSettings): (Transport | null)[] {
  return [transport, uploadProgress];
}
