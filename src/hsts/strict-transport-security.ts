import type { EnabledStore, SecurityPart, StrictTransportSecurityPolicy } from '../call/security-part.ts';
import { checkedPolicy } from '../call/security-policy.ts';
import type { Rewrite } from '../call/stage.ts';
import { type Checks, checkOptions, withMethods } from '../checks/checker.ts';
import type { FaultListener, KeyValueStore, StoredValue } from '../storage/key-value-store.ts';
import { reportLater } from '../storage/report-later.ts';
import { withinPatience } from '../storage/store-patience.ts';
import { WriteBehind } from '../storage/write-behind.ts';
import { type Clock, systemClock } from '../util/clock.ts';
import { INSPECT, type Inspect, inspection } from '../util/inspection.ts';
import type { ParsedUrl } from '../util/url.ts';
import { parseStrictTransportSecurity } from './header.ts';
import { fromStored, KnownHosts, policyHost, toStored, upgradeUrl } from './known-hosts.ts';
import { learnStage, upgradeStage } from './stage.ts';

export interface StrictTransportSecurityOptions {
  /** Time against which policies expire. @default the system's */
  readonly clock?: Pick<Clock, 'now'>;
}

const CHECKS: Checks<StrictTransportSecurityOptions> = { clock: withMethods('now') };

/**
 * The knowledge of HSTS hosts (RFC 6797) that managers are given as `strictTransportSecurity`: in memory, and in a store
 * when one is enabled. Several managers may share one.
 *
 * On Node each manager has one of its own. In a page the browser keeps HSTS to itself; with a part like this, a page
 * knows its own hosts beside it. It sees the header of responses whose fields it may read (its own origin, or
 * `Access-Control-Expose-Headers`), upgrades what it asks for itself, and cannot upgrade the hops that the browser
 * follows. Whether the user has waved a certificate error through, a page cannot tell.
 */
export class StrictTransportSecurity implements SecurityPart {
  readonly upgradeStage = (preloadedTopLevelDomains: readonly string[]): Rewrite =>
    upgradeStage(this, preloadedTopLevelDomains);
  readonly learnStage = learnStage(this);
  readonly #clock: Pick<Clock, 'now'>;
  readonly #hosts = new KnownHosts();
  #behind: WriteBehind | null = null;
  #stopWatching = (): void => {};
  #ready: Promise<void> | null = null;
  #isLoading = false;

  constructor(options: StrictTransportSecurityOptions = {}) {
    const { clock = systemClock } = checkOptions('StrictTransportSecurity', options, CHECKS);
    this.#clock = clock;
  }

  /**
   * Settles when the store has been loaded, and what other processes changed in it is known; null when there is nothing to
   * wait for. A request that overtook it could leak.
   */
  get ready(): Promise<void> | null {
    return this.#ready ?? this.#behind?.look() ?? null;
  }

  get storeEnabled(): boolean {
    return this.#behind !== null;
  }

  /**
   * Adds policies, or replaces those of the same hosts. An expired one removes its host. Hosts that cannot have a policy
   * (IP addresses, as in Qt, and `localhost`) are passed over.
   *
   * @throws TypeError when something is no policy; nothing is added then
   */
  addHosts(policies: Iterable<StrictTransportSecurityPolicy>): void {
    const list = Array.from(policies, checkedPolicy);
    const now = this.#clock.now();
    for (const policy of list) {
      const host = policyHost(policy.host);
      const expiry = Math.min(Math.floor(policy.expiry), Number.MAX_SAFE_INTEGER);
      if (host === null) continue;
      if (expiry > now) this.#keep({ ...policy, host, expiry });
      else this.#forget(host);
    }
  }

  /** The policies that hold now. */
  hosts(): StrictTransportSecurityPolicy[] {
    return [...this.#hosts.unexpired(this.#clock.now())];
  }

  /** For logs: how many hosts are known. Their names would tell what a user has visited. */
  toJSON(): Record<string, unknown> {
    return { hosts: this.hosts().length, storeEnabled: this.storeEnabled };
  }

  /** @internal `console.log` in Node and Bun. */
  [INSPECT](depth: number, options: object, inspect?: Inspect): unknown {
    return inspection(this, depth, options, inspect);
  }

  /**
   * Whether http to that host, in any spelling, must become https (RFC 6797 §8.3).
   * @param preloadedTopLevelDomains of which every host counts as known, lower-case
   */
  shouldUpgrade(host: string, preloadedTopLevelDomains: readonly string[] = []): boolean {
    const name = policyHost(host);
    if (name === null) return false;
    return this.#hosts.matches(name, this.#clock.now()) || preloadedTopLevelDomains.includes(lastLabel(name));
  }

  upgrade(url: ParsedUrl, preloadedTopLevelDomains: readonly string[] = []): ParsedUrl {
    return upgradeUrl(url, (host) => this.shouldUpgrade(host, preloadedTopLevelDomains));
  }

  /**
   * Takes the Strict-Transport-Security field lines of a response (RFC 6797 §8.1): the first valid one counts, for that
   * very host only. The caller has made sure that they came over TLS without errors.
   */
  note(fieldLines: readonly string[], responseHost: string): void {
    const host = policyHost(responseHost);
    if (host === null) return;
    for (const line of fieldLines) {
      const header = parseStrictTransportSecurity(line);
      if (header === null) continue;
      if (header.maxAge === 0) this.#forget(host);
      else this.#noteKnown(host, header.maxAge * 1000, header.includeSubDomains);
      return;
    }
  }

  /**
   * Puts a store behind the hosts, in place of an earlier one. What memory knows wins over the store and is written to
   * it, then the rest of the store is taken in; what has expired or cannot be read is removed from it. Resolves when
   * that is done and the earlier store is no longer used. It is the caller who closes stores.
   *
   * @param onFault hears when the store fails. Default: a warning on the console
   */
  async enableStore(store: KeyValueStore, onFault: FaultListener = console.warn): Promise<void> {
    const detached = this.disableStore();
    const behind = new WriteBehind(store, onFault);
    this.#behind = behind;
    for (const policy of this.hosts()) behind.set(policy.host, toStored(policy));
    this.#stopWatching = behind.watch((changes) => this.#take(changes));
    // Requests wait for a second at most; a store that answers later is taken in then.
    const ready = withinPatience(this.#load(behind), 'HSTS: loading the store').catch((cause: unknown) =>
      reportLater(onFault)(
        new Error('HSTS: the store has not answered; nothing of it is known yet', { cause }),
      ),
    );
    this.#ready = ready;
    void ready.then(() => {
      if (this.#ready === ready) this.#ready = null;
    });
    await Promise.all([detached, ready]);
  }

  /** @throws TypeError where the platform has no store */
  enableStoreIn(directory: string | undefined, onFault: FaultListener): EnabledStore {
    const store = this.openStore(directory, onFault);
    return {
      ready: this.enableStore(store, onFault),
      leave: async () => {
        await this.disableStore(store);
        await store.close();
      },
    };
  }

  /** Makes the platform's store; a subclass of a platform that has one overrides it. */
  protected openStore(_directory: string | undefined, _onFault: FaultListener): KeyValueStore {
    throw new TypeError('HSTS: there is no store on this platform, bring one of your own');
  }

  /**
   * Writes what is pending and leaves the store alone. The hosts stay known.
   * @param store does nothing unless it is that one
   */
  async disableStore(store?: KeyValueStore): Promise<void> {
    const behind = this.#behind;
    if (store !== undefined && store !== behind?.store) return;
    this.#behind = null;
    this.#ready = null;
    this.#isLoading = false;
    this.#stopWatching();
    await behind?.close();
  }

  /** Resolves when every host known so far is in the store, or the fault has been reported. */
  async flush(): Promise<void> {
    await this.#behind?.flush();
  }

  /**
   * {@link flush} for a program that ends by `process.exit`: before it returns.
   * @throws TypeError when the store cannot do that (IndexedDB); Error when it fails
   */
  flushSync(): void {
    this.#behind?.flushSync();
  }

  async #load(behind: WriteBehind): Promise<void> {
    this.#isLoading = true;
    const entries = await behind.load();
    if (this.#behind !== behind) return;
    const known = this.hosts();
    // Taken out and put back: where all is too much, they are not what goes.
    for (const { host } of known) this.#hosts.delete(host);
    this.#take(entries);
    for (const policy of known) this.#remember(policy);
    this.#isLoading = false;
    this.#ready = null;
  }

  /** Takes in what the store had, or what was changed in it elsewhere. */
  #take(entries: ReadonlyMap<string, StoredValue | null>): void {
    const now = this.#clock.now();
    for (const [host, value] of entries) {
      const policy = value === null ? null : fromStored(host, value);
      if (policy !== null && policy.expiry > now) this.#remember(policy);
      else if (value === null) this.#hosts.delete(host);
      else this.#behind?.set(host, null);
    }
  }

  #noteKnown(host: string, age: number, includeSubDomains: boolean): void {
    const before = this.#hosts.get(host);
    const policy = { host, expiry: this.#clock.now() + age, includeSubDomains };
    // Nearly every response moves the expiry a little: the store may lag behind by a hundredth of the age.
    const step = age / 100;
    const isNews =
      before === undefined ||
      before.includeSubDomains !== includeSubDomains ||
      Math.floor(before.expiry / step) !== Math.floor(policy.expiry / step);
    if (isNews) this.#keep(policy);
    else this.#remember(policy);
  }

  #keep(policy: StrictTransportSecurityPolicy): void {
    this.#remember(policy);
    this.#behind?.set(policy.host, toStored(policy));
  }

  #remember(policy: StrictTransportSecurityPolicy): void {
    const forgotten = this.#hosts.set(policy);
    if (forgotten !== null) this.#behind?.set(forgotten, null);
  }

  #forget(host: string): void {
    // While the store is loading it may know the host although memory does not.
    if (this.#hosts.delete(host) || this.#isLoading) this.#behind?.set(host, null);
  }
}

function lastLabel(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
