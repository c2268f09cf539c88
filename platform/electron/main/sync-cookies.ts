import { type Checks, checkOptions, FUNCTION } from '../../../src/checks/checker.ts';
import type { Cookie } from '../../../src/cookies/cookie.ts';
import {
  type ElectronCookie,
  type ElectronCookieDetails,
  fromElectronCookie,
  toElectronCookie,
} from '../../../src/cookies/electron.ts';
import type { CookieJar } from '../../../src/cookies/jar.ts';
import type { FaultListener } from '../../../src/storage/key-value-store.ts';
import { reportLater } from '../../../src/storage/report-later.ts';
import { setBackgroundTimeout, systemClock } from '../../../src/util/clock.ts';
import { type CookieWrite, keyOf, WrittenCookies } from './written-cookies.ts';

/** What is used of Electron's `session.cookies`. */
export interface ElectronCookies {
  /** All cookies of the session that fit; `{}` asks for every one. */
  get(filter: object): Promise<ElectronCookie[]>;
  /** Stores one, or rejects with what Chromium has against it. */
  set(details: ElectronCookieDetails): Promise<void>;
  /** Hears of each cookie that comes, changes or goes, whoever did it. */
  // biome-ignore lint/suspicious/noExplicitAny: each event has arguments of its own
  on(event: 'changed', listener: (...args: any[]) => void): unknown;
  /** Takes such a listener back. */
  // biome-ignore lint/suspicious/noExplicitAny: see above
  off(event: 'changed', listener: (...args: any[]) => void): unknown;
}

/** What `syncCookies` takes beside the two that it keeps the same. */
export interface SyncCookiesOptions {
  /** Told what Electron refuses to store or to give, or does not answer within 10 s. @default `console.warn` */
  readonly onFault?: FaultListener;
}

const CHECKS: Checks<SyncCookiesOptions> = { onFault: FUNCTION };

/** Keeps a jar and a session of Electron the same, until it is stopped. */
export interface CookieSync {
  /** Resolves when the session has what the jar has done so far. */
  flush(): Promise<void>;
  /** Lets the two go their own ways from here on; what is under way is not taken back. */
  stop(): void;
}

/**
 * Keeps a jar and the cookies of a session of Electron the same, both ways: a login in a window holds for the manager, and the
 * other way round. What the jar has counts where both have a cookie at the start. Nothing that comes from one side is written
 * back to it. Cookies that one side cannot have stay on the other: Electron takes no `Partitioned` ones, the jar none that its
 * rules refuse. A session does not say which of its own are `Partitioned`: to the jar those are cookies like any other, for
 * every top-level site.
 *
 * @returns once both sides are the same
 * @throws Error when the session does not give its cookies, or has not answered within 10 s
 */
export async function syncCookies(
  jar: CookieJar,
  cookies: ElectronCookies,
  options?: SyncCookiesOptions,
): Promise<CookieSync> {
  const { onFault = console.warn } = checkOptions('syncCookies', options, CHECKS);
  const sync = new SyncedCookies(jar, cookies, reportLater(onFault));
  try {
    await sync.start();
  } catch (error) {
    sync.stop();
    throw error;
  }
  return sync;
}

/** Milliseconds. What Chromium's network process was asked when it crashed is never answered, and the next one is to be asked. */
const PATIENCE = 10_000;

function answered<Answer>(answer: Promise<Answer>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const patience = setBackgroundTimeout(
      () => reject(new Error(`syncCookies: the session of Electron has not answered within ${PATIENCE} ms`)),
      PATIENCE,
    );
    answer.then(resolve, reject).finally(() => systemClock.clearTimeout(patience));
  });
}

/** Long past: what Electron stores with that is removed. */
const PAST = 1;

class SyncedCookies implements CookieSync {
  readonly #jar: CookieJar;
  readonly #cookies: ElectronCookies;
  readonly #fault: FaultListener;
  /** What is on its way to the session. */
  readonly #written = new WrittenCookies();
  /** Writes go one after the other, so that the last one of a cookie wins. */
  #writes: Promise<void> = Promise.resolve();
  /** What the jar is told comes from the session. */
  #isReceiving = false;
  #stopWatching = (): void => {};
  readonly #changed = (_event: unknown, cookie: ElectronCookie, cause: string, isRemoved: boolean): void => {
    // The new one is told next.
    if (isRemoved && cause === 'overwrite') return;
    if (!this.#written.covers(cookie, isRemoved)) this.#receive(cookie, isRemoved);
  };

  constructor(jar: CookieJar, cookies: ElectronCookies, fault: FaultListener) {
    this.#jar = jar;
    this.#cookies = cookies;
    this.#fault = fault;
  }

  async start(): Promise<void> {
    this.#cookies.on('changed', this.#changed);
    this.#stopWatching = this.#jar.watch(({ cookie, isRemoved }) => this.#send(cookie, isRemoved));
    const held = await answered(this.#cookies.get({}));
    const before = this.#jar.allCookies();
    const known = new Set(before.flatMap((cookie) => toElectronCookie(cookie) ?? []).map(keyOf));
    for (const cookie of held) {
      // One that the jar has removed meanwhile is being removed here, too.
      if (!known.has(keyOf(cookie)) && !this.#written.covers(cookie, false)) this.#receive(cookie, false);
    }
    for (const cookie of before) this.#send(cookie, false);
    await this.flush();
  }

  flush(): Promise<void> {
    return this.#writes;
  }

  stop(): void {
    this.#cookies.off('changed', this.#changed);
    this.#stopWatching();
  }

  #receive(cookie: ElectronCookie, isRemoved: boolean): void {
    this.#isReceiving = true;
    try {
      const init = fromElectronCookie(cookie);
      if (isRemoved) this.#jar.deleteCookie(init);
      else this.#jar.insertCookie(init);
    } catch (error) {
      this.#fault(error as Error);
    } finally {
      this.#isReceiving = false;
    }
  }

  #send(cookie: Cookie, isRemoved: boolean): void {
    if (this.#isReceiving) return;
    const details = toElectronCookie(cookie);
    if (details === null) return;
    const written = isRemoved ? { ...details, expirationDate: PAST } : details;
    const write = this.#written.add(written, isRemoved);
    this.#writes = this.#writes.then(() => this.#write(written, write));
  }

  async #write(details: ElectronCookieDetails, write: CookieWrite): Promise<void> {
    try {
      await answered(this.#cookies.set(details));
      // A session tells what has changed before it answers what it is asked later.
      await answered(this.#cookies.get({ url: details.url, name: details.name }));
    } catch (error) {
      this.#fault(error as Error);
    } finally {
      this.#written.over(write);
    }
  }
}
