import type { CookieIdentity } from './cookie.ts';
import type { StoredCookie } from './stored-cookie.ts';

/** A domain with the cookies that name it. Its parent is the domain without the first label. */
export class DomainNode {
  readonly domain: string;
  readonly parent: DomainNode | null;
  readonly children = new Set<DomainNode>();
  /** The first of each hash of a name; others follow it by `next`: of that name as a rule, with another path. */
  readonly #byName = new Map<number, StoredCookie>();
  #size = 0;
  #total = 0;

  constructor(domain: string, parent: DomainNode | null) {
    this.domain = domain;
    this.parent = parent;
    parent?.children.add(this);
  }

  get size(): number {
    return this.#size;
  }

  /** With those of all domains below it. */
  get total(): number {
    return this.#total;
  }

  find(identity: CookieIdentity): StoredCookie | undefined {
    return sameAs(identity, this.#byName.get(nameHash(identity.name)));
  }

  /**
   * Adds a cookie, in the place of the one with the same identity, whose creation it inherits (RFC 6265bis §5.7 step
   * 23.3). Returns that one.
   */
  put(cookie: StoredCookie): StoredCookie | undefined {
    const hash = nameHash(cookie.name);
    const first = this.#byName.get(hash);
    const old = sameAs(cookie, first);
    if (old === undefined) {
      cookie.next = first;
      this.#count(1);
    } else {
      cookie.creationTime = old.creationTime;
      cookie.sequence = old.sequence;
      cookie.next = without(old, first);
    }
    this.#byName.set(hash, cookie);
    return old;
  }

  /** Removes a cookie that is there. */
  remove(cookie: StoredCookie): void {
    const hash = nameHash(cookie.name);
    const first = without(cookie, this.#byName.get(hash));
    if (first === undefined) this.#byName.delete(hash);
    else this.#byName.set(hash, first);
    this.#count(-1);
  }

  /** All cookies of the domain and of those below it. */
  *all(): IterableIterator<StoredCookie> {
    const open: DomainNode[] = [this];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      yield* node;
      open.push(...node.children);
    }
  }

  #count(change: 1 | -1): void {
    this.#size += change;
    for (let node: DomainNode | null = this; node !== null; node = node.parent) node.#total += change;
  }

  /** Adds those that `matches` to a list, mostly in the order of their creation. */
  collect(list: StoredCookie[], matches: (cookie: StoredCookie) => boolean): void {
    for (const first of this.#byName.values()) {
      for (let cookie: StoredCookie | undefined = first; cookie !== undefined; cookie = cookie.next) {
        if (matches(cookie)) list.push(cookie);
      }
    }
  }

  *named(name: string): IterableIterator<StoredCookie> {
    for (let cookie = this.#byName.get(nameHash(name)); cookie !== undefined; cookie = cookie.next) {
      if (cookie.name === name) yield cookie;
    }
  }

  *[Symbol.iterator](): IterableIterator<StoredCookie> {
    for (const first of this.#byName.values()) {
      for (let cookie: StoredCookie | undefined = first; cookie !== undefined; cookie = cookie.next)
        yield cookie;
    }
  }
}

/** The one of a chain that has that identity. */
function sameAs(identity: CookieIdentity, first: StoredCookie | undefined): StoredCookie | undefined {
  const { name, path, hostOnly } = identity;
  let cookie = first;
  while (
    cookie !== undefined &&
    (cookie.name !== name || cookie.path !== path || cookie.hostOnly !== hostOnly)
  )
    cookie = cookie.next;
  return cookie;
}

/** A chain without one of its cookies. */
function without(cookie: StoredCookie, first: StoredCookie | undefined): StoredCookie | undefined {
  if (first === cookie) return cookie.next;
  let before = first;
  while (before !== undefined && before.next !== cookie) before = before.next;
  if (before !== undefined) before.next = cookie.next;
  return first;
}

/** A server cannot guess it, so it cannot choose names that share one. */
const SEED = Math.floor(Math.random() * 0x7fffffff);

/**
 * A small number for the name of a cookie (FNV-1a). As the key of a map it is compared where it stands; the text of a
 * name would have to be fetched from memory first, which is a third of what it takes to store a cookie in a large jar.
 */
export function nameHash(name: string): number {
  let hash = SEED;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash;
}
