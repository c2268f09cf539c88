import type { CookieIdentity } from './cookie.ts';
import type { StoredCookie } from './stored-cookie.ts';

/** A domain with the cookies that name it. Its parent is the domain without the first label. */
export class DomainNode {
  readonly domain: string;
  readonly parent: DomainNode | null;
  readonly children = new Set<DomainNode>();
  /** The first of each name; others of that name follow it by `namesake`. */
  readonly #byName = new Map<string, StoredCookie>();
  #size = 0;

  constructor(domain: string, parent: DomainNode | null) {
    this.domain = domain;
    this.parent = parent;
    parent?.children.add(this);
  }

  get size(): number {
    return this.#size;
  }

  find(identity: CookieIdentity): StoredCookie | undefined {
    return sameAs(identity, this.#byName.get(identity.name));
  }

  /**
   * Adds a cookie, in the place of the one with the same identity, whose creation it inherits (RFC 6265bis §5.7 step
   * 23.3). Returns that one.
   */
  put(cookie: StoredCookie): StoredCookie | undefined {
    let first = this.#byName.get(cookie.name);
    const old = sameAs(cookie, first);
    if (old !== undefined) {
      cookie.creationTime = old.creationTime;
      cookie.sequence = old.sequence;
      first = unlinked(old, first!);
    } else {
      this.#size++;
    }
    cookie.namesake = first;
    this.#byName.set(cookie.name, cookie);
    return old;
  }

  /** Removes a cookie that is there. */
  remove(cookie: StoredCookie): void {
    const first = unlinked(cookie, this.#byName.get(cookie.name)!);
    if (first === undefined) this.#byName.delete(cookie.name);
    else this.#byName.set(cookie.name, first);
    this.#size--;
  }

  *[Symbol.iterator](): IterableIterator<StoredCookie> {
    for (const first of this.#byName.values()) {
      for (let cookie: StoredCookie | undefined = first; cookie !== undefined; cookie = cookie.namesake)
        yield cookie;
    }
  }

  /** Adds those that `matches` to `list`, roughly in the order of their creation. */
  collect(list: StoredCookie[], matches: (cookie: StoredCookie) => boolean): void {
    for (const first of this.#byName.values()) {
      for (let cookie: StoredCookie | undefined = first; cookie !== undefined; cookie = cookie.namesake) {
        if (matches(cookie)) list.push(cookie);
      }
    }
  }

  *named(name: string): IterableIterator<StoredCookie> {
    for (let cookie = this.#byName.get(name); cookie !== undefined; cookie = cookie.namesake) yield cookie;
  }
}

/** The one of `first` and its namesakes with that identity. */
function sameAs(
  { path, hostOnly }: CookieIdentity,
  first: StoredCookie | undefined,
): StoredCookie | undefined {
  let cookie = first;
  while (cookie !== undefined && (cookie.path !== path || cookie.hostOnly !== hostOnly))
    cookie = cookie.namesake;
  return cookie;
}

/** The first of the namesakes without `cookie`, which is one of them. */
function unlinked(cookie: StoredCookie, first: StoredCookie): StoredCookie | undefined {
  if (first === cookie) return cookie.namesake;
  let before = first;
  while (before.namesake !== undefined && before.namesake !== cookie) before = before.namesake;
  before.namesake = cookie.namesake;
  return first;
}
