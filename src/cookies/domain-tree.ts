import type { CookieIdentity } from './cookie.ts';
import { DomainNode } from './domain-node.ts';
import { pathMatches } from './rules.ts';
import type { StoredCookie } from './stored-cookie.ts';

/**
 * The cookies of one partition, found from a host upwards. Maps only, so that no name from the network means anything
 * but itself.
 */
export class DomainTree {
  readonly #nodes = new Map<string, DomainNode>();

  get isEmpty(): boolean {
    return this.#nodes.size === 0;
  }

  /** Its node, made when there is none. */
  node(domain: string): DomainNode {
    return this.#nodes.get(domain) ?? this.#grow(domain);
  }

  find(cookie: CookieIdentity): StoredCookie | undefined {
    return this.#nodes.get(cookie.domain)?.find(cookie);
  }

  /** Removes a cookie that is there. */
  remove(cookie: StoredCookie): void {
    let node: DomainNode | null = this.node(cookie.domain);
    node.remove(cookie);
    for (; node !== null && node.size === 0 && node.children.size === 0; node = node.parent) {
      this.#nodes.delete(node.domain);
      node.parent?.children.delete(node);
    }
  }

  /** The cookies whose domain and path match a request, in sending order. */
  matching(host: string, path: string): StoredCookie[] {
    const matches: StoredCookie[] = [];
    for (let node = this.#closest(host); node !== null; node = node.parent) {
      const isHost = node.domain === host;
      node.collect(matches, (cookie) => (isHost || !cookie.hostOnly) && pathMatches(path, cookie.path));
    }
    return isInSendingOrder(matches) ? matches : matches.sort(inSendingOrder);
  }

  /** The cookies of a name whose domain matches `domain` or is matched by it: of itself, below and above. */
  *namesakes(name: string, domain: string): IterableIterator<StoredCookie> {
    const closest = this.#closest(domain);
    const open = closest === null ? [] : [closest];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      yield* node.named(name);
      if (closest?.domain === domain) open.push(...node.children);
    }
    for (let node = closest?.parent ?? null; node !== null; node = node.parent) yield* node.named(name);
  }

  *[Symbol.iterator](): IterableIterator<StoredCookie> {
    for (const node of this.#nodes.values()) yield* node;
  }

  /** The node of a host, or of its nearest ancestor that has one. */
  #closest(host: string): DomainNode | null {
    let node = this.#nodes.get(host);
    for (let dot = host.indexOf('.'); node === undefined && dot >= 0; dot = host.indexOf('.', dot + 1)) {
      node = this.#nodes.get(host.slice(dot + 1));
    }
    return node ?? null;
  }

  /** Makes the node of a domain and those above it, so that what is related hangs together. */
  #grow(domain: string): DomainNode {
    const dot = domain.indexOf('.');
    const node = new DomainNode(domain, dot < 0 ? null : this.node(domain.slice(dot + 1)));
    this.#nodes.set(domain, node);
    return node;
  }
}

/** Longer paths first, then older cookies (RFC 6265bis §5.8.3 step 2). */
export function inSendingOrder(a: StoredCookie, b: StoredCookie): number {
  return b.path.length - a.path.length || a.creationTime - b.creationTime || a.sequence - b.sequence;
}

function isInSendingOrder(cookies: readonly StoredCookie[]): boolean {
  for (let i = 1; i < cookies.length; i++) if (inSendingOrder(cookies[i - 1]!, cookies[i]!) > 0) return false;
  return true;
}
