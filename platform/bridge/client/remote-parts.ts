import { EPOCH } from '../../../src/call/security-policy.ts';
import { type Checks, checkOptions, oneOf, orNull, TEXT, TRUTH } from '../../../src/checks/checker.ts';
import type { Cookie, CookieInit } from '../../../src/cookies/cookie.ts';
import type { CookieChange } from '../../../src/cookies/stored-cookies.ts';
import { NetworkError } from '../../../src/error.ts';
import type { GivenTo, Grant, ResultOf } from '../policy/grants.ts';
import type { ClientLink } from './client-link.ts';

/** Calls a method on the other side. */
export type CallOwner = <Name extends Grant>(
  method: Name,
  ...given: GivenTo<Name>
) => Promise<ResultOf<Name>>;

/** No more than the owner understands: what it does not would end the port. */
const COOKIE: Checks<CookieInit> = {
  name: { ...TEXT, isRequired: true },
  value: { ...TEXT, isRequired: true },
  domain: TEXT,
  hostOnly: TRUTH,
  path: TEXT,
  expires: orNull(EPOCH),
  secure: TRUTH,
  httpOnly: TRUTH,
  sameSite: oneOf('strict', 'lax', 'none', 'default'),
  partitioned: TRUTH,
  partitionKey: orNull(TEXT),
  creationTime: EPOCH,
};

/**
 * The cookies of the manager on the other side, as far as its policy grants each method by its name (`'cookies.get'`); what it
 * does not grant rejects with content-access-denied. HttpOnly cookies are not shown, and not set, unless the policy says so.
 */
export class RemoteCookies {
  readonly #call: CallOwner;
  readonly #link: () => ClientLink;

  /** @internal A connected client has one. */
  constructor(call: CallOwner, link: () => ClientLink) {
    this.#call = call;
    this.#link = link;
  }

  /** The cookies that would go to a URL, in sending order. The policy judges the URL like that of a GET. */
  get(url: string | URL): Promise<Cookie[]> {
    return this.#call('cookies.get', String(url));
  }

  /** All cookies that go to a URL which the policy lets be asked. */
  all(): Promise<Cookie[]> {
    return this.#call('cookies.all');
  }

  /**
   * Sets a cookie as a response from that URL would; one whose `expires` is past removes it. Resolves to whether one was added.
   * Rejects with TypeError for what is no cookie.
   */
  async set(cookie: CookieInit, url: string | URL): Promise<boolean> {
    return this.#call('cookies.set', { ...checkOptions('cookies.set', cookie, COOKIE) }, String(url));
  }

  /** Removes the cookies that {@link all} would give. */
  async clear(): Promise<void> {
    await this.#call('cookies.clear');
  }

  /**
   * Each cookie that comes or goes from now on, until the loop is left. Ends with the error of the client when the owner goes
   * away, and with operation-canceled when 10 000 changes wait for their reader.
   */
  changed(): AsyncIterableIterator<CookieChange> {
    return new CookieChanges(this.#link());
  }
}

/** The cache of the manager on the other side, as far as its policy grants each method by its name (`'cache.clear'`). */
export class RemoteCache {
  readonly #call: CallOwner;

  /** @internal A connected client has one. */
  constructor(call: CallOwner) {
    this.#call = call;
  }

  /** Bytes that it has now; 0 where the manager has no cache. Qt: `cacheSize()`. */
  size(): Promise<number> {
    return this.#call('cache.size');
  }

  /** Empties it. Does nothing where there is none. */
  async clear(): Promise<void> {
    await this.#call('cache.clear');
  }
}

/** Changes that wait for their reader; more are given up, so that they do not fill the memory of who has stopped to read. */
const MOST_UNREAD = 10_000;

class CookieChanges implements AsyncIterableIterator<CookieChange> {
  readonly #link: ClientLink;
  readonly #unread: CookieChange[] = [];
  #id: number;
  #error: NetworkError | null = null;
  #isLeft = false;
  #wake: (() => void) | null = null;

  constructor(link: ClientLink) {
    this.#link = link;
    this.#id = link.calls.watch({
      changed: (change) => this.#take(change),
      failed: (error) => this.#fail(error),
    });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<CookieChange>> {
    for (;;) {
      if (this.#isLeft) return { done: true, value: undefined };
      const value = this.#unread.shift();
      if (value !== undefined) return { done: false, value };
      if (this.#error !== null) {
        this.#isLeft = true;
        throw this.#error;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<CookieChange>> {
    this.#isLeft = true;
    this.#stop();
    return { done: true, value: undefined };
  }

  #take(change: CookieChange): void {
    if (this.#unread.push(change) > MOST_UNREAD) {
      this.#unread.length = 0;
      this.#stop();
      this.#fail(new NetworkError('operation-canceled', 'more changes of cookies wait than are kept'));
    }
    this.#wake?.();
  }

  #fail(error: NetworkError): void {
    this.#error ??= error;
    this.#wake?.();
  }

  #stop(): void {
    this.#link.stop(this.#id);
    this.#wake?.();
  }
}
