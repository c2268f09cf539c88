import { reportUncaught } from '../util/microtasks.ts';
import { type Cookie, type CookieIdentity, isExpired } from './cookie.ts';
import type { CookieRequest } from './cookie-request.ts';
import type { DomainNode } from './domain-node.ts';
import { DomainTree, inSendingOrder } from './domain-tree.ts';
import { type CookieLimits, excessOfSite, LongestUnused } from './limits.ts';
import type { StoredCookie } from './stored-cookie.ts';

/** Hears of every cookie that comes or goes by what the jar does, not of those that a store gave back. */
export interface CookieListener {
  put(cookie: StoredCookie): void;
  removed(cookie: StoredCookie): void;
}

/** A cookie that has come, or changed (another value, expiry or attribute under the same identity), or gone. */
export interface CookieChange {
  /** As it is stored now, or was until it was removed. */
  readonly cookie: Cookie;
  /** It was deleted, has expired or gave way, and was not replaced. */
  readonly isRemoved: boolean;
}

/** The "cookie store" of RFC 6265bis §5.7: a tree for each partition, and the limits. */
export class StoredCookies {
  listener: CookieListener | null = null;
  /** Told what the listener is, and what the store has changed. */
  readonly #watchers = new Set<(change: CookieChange) => void>();
  readonly #limits: CookieLimits;
  readonly #siteOf: (domain: string) => string;
  readonly #unpartitioned = new DomainTree();
  readonly #partitions = new Map<string, DomainTree>();
  readonly #longestUnused = new LongestUnused();
  #size = 0;
  #sequence = 0;
  #use = 0;
  /** No cookie expires before. */
  #nextExpiry = Number.POSITIVE_INFINITY;

  /** @param siteOf the registrable domain of a domain, or itself where it has none */
  constructor(limits: CookieLimits, siteOf: (domain: string) => string) {
    this.#limits = limits;
    this.#siteOf = siteOf;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** The ordinal of a use that is later than all before. */
  nextUse(): number {
    return ++this.#use;
  }

  /** @returns what stops it */
  watch(listener: (change: CookieChange) => void): () => void {
    const watcher = (change: CookieChange): void => {
      try {
        listener(change);
      } catch (error) {
        reportUncaught(error);
      }
    };
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  find(cookie: CookieIdentity): StoredCookie | undefined {
    return this.#tree(cookie)?.find(cookie);
  }

  /** Stores a cookie that no jar holds, in the place of the one with the same identity, and makes room for it. */
  put(cookie: StoredCookie, now: number): void {
    const tree = this.#grownTree(cookie);
    const old = this.#add(cookie, tree.node(cookie.domain));
    if (old !== undefined) cookie.recordedAccessTime = old.recordedAccessTime;
    this.listener?.put(cookie);
    // Servers set the same cookie again and again, and who passes changes on may be told its own.
    if (old === undefined || !isEqual(old, cookie)) this.#tell(cookie, false);
    this.#makeRoom(cookie, tree, now);
  }

  /** Takes what the persistent store holds, the longest unused first. */
  restore(cookies: readonly StoredCookie[], now: number): void {
    for (const cookie of cookies) {
      const tree = this.#grownTree(cookie);
      this.#add(cookie, tree.node(cookie.domain));
      this.#tell(cookie, false);
      this.#makeRoom(cookie, tree, now);
    }
  }

  remove(cookie: StoredCookie): void {
    this.#drop(cookie);
    this.listener?.removed(cookie);
    this.#tell(cookie, true);
  }

  /** Removes a cookie that the persistent store no longer holds. */
  forget(cookie: StoredCookie): void {
    this.#drop(cookie);
    this.#tell(cookie, true);
  }

  removeExpired(now: number): void {
    if (now < this.#nextExpiry) return;
    let next = Number.POSITIVE_INFINITY;
    for (const cookie of this) {
      if (isExpired(cookie, now)) this.remove(cookie);
      else if (cookie.expires !== null) next = Math.min(next, cookie.expires);
    }
    this.#nextExpiry = next;
  }

  /** What matches a request by domain, path and partition, in sending order. */
  matching(request: CookieRequest): StoredCookie[] {
    const cookies = this.#unpartitioned.matching(request.host, request.path);
    if (this.#partitions.size === 0) return cookies;
    const partitioned =
      this.#partitions.get(request.partitionKey)?.matching(request.host, request.path) ?? [];
    return partitioned.length === 0 ? cookies : [...cookies, ...partitioned].sort(inSendingOrder);
  }

  /** The cookies of the same name and partition whose domain matches that of `cookie`, or is matched by it. */
  namesakes(cookie: CookieIdentity): Iterable<StoredCookie> {
    return this.#tree(cookie)?.namesakes(cookie.name, cookie.domain) ?? [];
  }

  *[Symbol.iterator](): IterableIterator<StoredCookie> {
    yield* this.#unpartitioned;
    for (const tree of this.#partitions.values()) yield* tree;
  }

  #drop(cookie: StoredCookie): void {
    cookie.lastUse = 0;
    this.#size--;
    const tree = this.#tree(cookie);
    tree?.remove(cookie);
    if (tree?.isEmpty && cookie.partitionKey !== null) this.#partitions.delete(cookie.partitionKey);
  }

  #tell(cookie: StoredCookie, isRemoved: boolean): void {
    for (const watcher of this.#watchers) watcher({ cookie, isRemoved });
  }

  #tree({ partitionKey }: CookieIdentity): DomainTree | undefined {
    return partitionKey === null ? this.#unpartitioned : this.#partitions.get(partitionKey);
  }

  #add(cookie: StoredCookie, node: DomainNode): StoredCookie | undefined {
    cookie.lastUse = this.nextUse();
    cookie.sequence = ++this.#sequence;
    const old = node.put(cookie);
    if (old === undefined) this.#size++;
    else old.lastUse = 0;
    if (cookie.expires !== null && cookie.expires < this.#nextExpiry) this.#nextExpiry = cookie.expires;
    return old;
  }

  #grownTree(cookie: CookieIdentity): DomainTree {
    const found = this.#tree(cookie);
    if (found !== undefined) return found;
    const tree = new DomainTree();
    this.#partitions.set(cookie.partitionKey!, tree);
    return tree;
  }

  /** Removes those to which a new cookie was one too many. */
  #makeRoom({ domain }: StoredCookie, tree: DomainTree, now: number): void {
    const { perDomain, total } = this.#limits;
    // The list of public suffixes is not asked, and so not loaded, for a jar that holds less than one site may.
    if (this.#size > perDomain) {
      const site = tree.node(this.#siteOf(domain));
      if (site.total > perDomain)
        for (const excess of excessOfSite(site.all(), perDomain, now)) this.remove(excess);
    }
    if (this.#size > total) this.removeExpired(now);
    while (this.#size > total) this.remove(this.#longestUnused.next(this));
  }
}

/** Whether nothing is new about a cookie of the same identity. */
function isEqual(a: Cookie, b: Cookie): boolean {
  return (
    a.value === b.value &&
    a.expires === b.expires &&
    a.secure === b.secure &&
    a.httpOnly === b.httpOnly &&
    a.sameSite === b.sameSite
  );
}
