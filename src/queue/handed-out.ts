import type { NetworkError } from '../error.ts';
import { contentLength } from '../message/content-length.ts';
import type { HttpHeaders } from '../message/headers.ts';

/** Bytes of a body that a platform takes in without a reader: such a one holds no connection. */
const READ_AHEAD = 256 * 1024;

/** A Response of the platform's that was handed out, and may hold a connection of the platform's for as long as it is not read. */
interface HandedOut {
  /** Null once nothing holds it any more. */
  readonly response: { deref(): Response | undefined };
  /** Must not keep the Response. */
  readonly giveUp: () => NetworkError;
}

/** A request whose head is waited for. */
export interface AwaitedHead {
  /** Another Response was handed out: it may be one of those that keep the head from coming. */
  look(): void;
}

/**
 * The Responses that were handed out, by origin, as far as nothing reads them. What becomes of their bodies is not seen, but
 * that nothing has begun to read one is: when a request gets no head while the platform's connections are all held like
 * this, the oldest must go.
 */
export class HandedOutResponses {
  readonly awaited = new Set<AwaitedHead>();
  readonly #byOrigin = new Map<string, HandedOut[]>();

  add(origin: string, response: Response, headers: HttpHeaders, giveUp: () => NetworkError): void {
    const length = contentLength(headers);
    const mayStay = response.status !== 0 && response.status !== 204 && (length < 0 || length > READ_AHEAD);
    if (!mayStay || typeof WeakRef === 'undefined') return;
    this.#byOrigin.set(origin, [...this.#unread(origin), { response: new WeakRef(response), giveUp }]);
    for (const head of this.awaited) head.look();
  }

  /** How many of an origin are not read. */
  count(origin: string): number {
    return this.#byOrigin.size === 0 ? 0 : this.#unread(origin).length;
  }

  /** Gives the oldest of those up that are not read, of which there is one, and says what its body fails with. */
  giveUpOldest(origin: string): NetworkError {
    const { response, giveUp } = this.#unread(origin).shift()!;
    const error = giveUp();
    shut(response.deref()!.body!);
    return error;
  }

  /** The list itself. */
  #unread(origin: string): HandedOut[] {
    const held = this.#byOrigin.get(origin);
    if (held === undefined) return [];
    const unread = held.filter(({ response }) => isUnread(response.deref()));
    if (unread.length > 0) this.#byOrigin.set(origin, unread);
    else this.#byOrigin.delete(origin);
    return unread;
  }
}

/**
 * Lets nobody read a body that was given up. WebKit does not fail one that has come whole, and what the application was told
 * of must not come all the same; one that has failed is left free, since it says why.
 */
function shut(body: ReadableStream): void {
  const reader = body.getReader();
  reader.closed.catch(() => reader.releaseLock());
}

function isUnread(response: Response | undefined): boolean {
  return response !== undefined && !response.bodyUsed && response.body !== null && !response.body.locked;
}
