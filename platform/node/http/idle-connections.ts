import type { Http1Connection } from './http1-connection.ts';
import { Rest } from './rest.ts';

/** The connections of HTTP/1.1 to one endpoint that carry nothing: which one is used next, and when it may be. */
export class IdleConnections {
  readonly #list: Http1Connection[] = [];
  readonly #rest = new Rest();

  get size(): number {
    return this.#list.length;
  }

  /** @param expiresAt epoch milliseconds */
  add(connection: Http1Connection, expiresAt: number): void {
    connection.expiresAt = expiresAt;
    this.beginRest(connection);
    this.#list.push(connection);
  }

  /** One carries nothing from now on. */
  beginRest(connection: Http1Connection): void {
    connection.resting = this.#rest.begin(connection.wasAnnounced);
  }

  /**
   * Takes one out: of those that have rested the one that was used last, or else the one that will have rested first.
   * @param identity one that stands for it goes first, one that stands for nobody next, and no other
   */
  take(now: number, identity: string | null = null): Http1Connection | null {
    this.expire(now);
    let best = this.#best(identity);
    if (best < 0 && identity !== null) best = this.#best(null);
    return best < 0 ? null : this.#list.splice(best, 1)[0]!;
  }

  #best(identity: string | null): number {
    const list = this.#list;
    let best = -1;
    for (let index = list.length - 1; index >= 0; index--) {
      const { resting } = list[index]!;
      if (list[index]!.identity !== identity) continue;
      if (best < 0 || resting.until < list[best]!.resting.until) best = index;
      if (this.#rest.left(list[best]!.resting) === 0) break;
    }
    return best;
  }

  /** Lets one that was taken rest to the end. */
  rest(connection: Http1Connection): Promise<void> {
    return this.#rest.end(connection.resting);
  }

  /** Whether it may be used, behind {@link rest}. */
  hasRested(connection: Http1Connection): boolean {
    if (!connection.isUsable) return false;
    this.#rest.passed();
    return true;
  }

  /** Puts one back that was taken and not used. */
  putBack(connection: Http1Connection): void {
    this.#list.push(connection);
  }

  /** One that is there, or was taken, is closed. */
  closed(connection: Http1Connection): void {
    if (connection.brokeWhileIdle) this.#rest.broken(connection.resting);
    const index = this.#list.indexOf(connection);
    if (index >= 0) this.#list.splice(index, 1);
  }

  /** Closes those whose time is over, and returns when the next one is due (epoch ms). */
  expire(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const connection of this.#list) next = Math.min(next, connection.expiresAt);
    if (next > now) return next;
    for (const connection of [...this.#list]) {
      if (connection.expiresAt <= now) connection.clear('it was idle for too long');
    }
    return this.expire(now);
  }

  clear(why: string): void {
    for (const connection of [...this.#list]) connection.clear(why);
  }
}
