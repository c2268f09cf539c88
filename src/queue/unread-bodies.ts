import type { Clock } from '../util/clock.ts';

/** Milliseconds for which a body that is not read may hold up others that wait for its slot. */
export const UNREAD_PATIENCE = 1000;

/** A request whose body has stopped, most often because what has arrived of it is not read. */
export interface UnreadBody {
  readonly clock: Clock;
  /** Nothing has begun to read it: a slow reader is left alone, and so is one behind a slow cache. */
  readonly isUnread: boolean;
  /** A request waits that would go if this one were not there. */
  readonly isInTheWay: boolean;
  /** Lets go of the slot, or of the body with it. */
  letGo(): void;
}

/**
 * The bodies of a queue that are not read while requests wait. Responses of which only the status is wanted would hold
 * their slots for ever, and the seventh request would never go: so the oldest of them lets go, one for each request that
 * waits, once it has been in the way for {@link UNREAD_PATIENCE}.
 */
export class UnreadBodies {
  /** When each stopped, the oldest first. */
  readonly #stopped = new Map<UnreadBody, number>();
  #waiting = 0;
  /** The moment of the next look. */
  #at = 0;
  /** Takes the next look back; null when there is none. */
  #forget: (() => void) | null = null;

  add(body: UnreadBody): void {
    this.#stopped.set(body, body.clock.monotonic());
    this.#schedule();
  }

  /** It is read again, or is over. */
  remove(body: UnreadBody): void {
    this.#stopped.delete(body);
  }

  /** A request begins to wait. */
  wait(): void {
    this.#waiting++;
    this.#schedule();
  }

  /** It goes, or has given up. */
  goOn(): void {
    if (--this.#waiting > 0) return;
    this.#forget?.();
    this.#forget = null;
  }

  /**
   * Looks again when the first of those that may have to let go has had its time. Nobody tells when another one joins them
   * (across a port the word of it comes later than the bytes; of several readers the one that read has gone): as long as
   * there is none, it looks every now and then. A look that is due stays, so a reader that stops and goes on all the time
   * costs no timer each time.
   */
  #schedule(): void {
    const [first] = this.#stopped.keys();
    if (this.#waiting === 0 || first === undefined) return;
    const { clock } = first;
    const now = clock.monotonic();
    const next = this.#candidates().next().value;
    const at = (next === undefined ? now : this.#stopped.get(next)!) + UNREAD_PATIENCE;
    if (this.#forget !== null && this.#at <= at) return;
    this.#forget?.();
    const timer = clock.setTimeout(() => this.#look(), Math.max(0, at - now));
    const forget = (): void => clock.clearTimeout(timer);
    this.#at = at;
    this.#forget = forget;
  }

  #look(): void {
    this.#forget = null;
    for (const body of this.#candidates()) {
      if (body.clock.monotonic() - this.#stopped.get(body)! < UNREAD_PATIENCE) break;
      this.#stopped.delete(body);
      body.letGo();
    }
    this.#schedule();
  }

  *#candidates(): Generator<UnreadBody, undefined> {
    for (const body of this.#stopped.keys()) if (body.isUnread && body.isInTheWay) yield body;
  }
}
