import { type Clock, setBackgroundTimeout } from '../../src/util/clock.ts';
import type { BridgePort } from './port.ts';

/** Without a word for that long, the other side is asked whether it is there. */
const QUIET = 15_000;
/** Without an answer for that long, it is not. A tab in the background is slow, and one that is frozen is as good as gone. */
const PATIENCE = 90_000;

interface LockManagerLike {
  request(
    name: string,
    options: { readonly ifAvailable?: boolean; readonly signal?: AbortSignal },
    held: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>;
}

/** What the name of each such lock begins with: no other lock of this origin is anybody's to name who is on the other side. */
const LOCK = 'fairlead.bridge.';

/** What a side says about itself and asks of the other one. */
export interface LivenessVoice {
  ping(): void;
  /** A Web Lock of that name is held as long as this side is there. */
  lock(name: string): void;
  /** The other side has gone without a word. */
  gone(): void;
}

/**
 * Notices that the other side is gone where the port does not tell: by a Web Lock that the other side holds, which its end
 * sets free, else by asking it.
 */
export class Liveness {
  readonly #voice: LivenessVoice;
  readonly #clock: Clock;
  readonly #ended = new AbortController();
  readonly #locks = (globalThis as { navigator?: { locks?: LockManagerLike } }).navigator?.locks;
  #timer: unknown = null;
  /** The other side has named its lock. */
  #isTold = false;
  #heardAt: number;

  constructor({ tellsClose }: BridgePort, clock: Clock, voice: LivenessVoice) {
    this.#voice = voice;
    this.#clock = clock;
    this.#heardAt = clock.monotonic();
    if (tellsClose) return;
    this.#hold();
    this.#watch();
  }

  /** The other side has said something. */
  heard(): void {
    if (this.#timer !== null) this.#heardAt = this.#clock.monotonic();
  }

  /**
   * The other side holds a lock of that name. One that can be had at once is in another partition of the browser's storage,
   * and says nothing.
   */
  async otherHolds(name: string): Promise<void> {
    if (this.#timer === null || this.#locks === undefined || this.#isTold || !name.startsWith(LOCK)) return;
    // A side has one, and each that is waited for is memory.
    this.#isTold = true;
    const tried = this.#locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock === null) this.#stop();
    });
    // Denied, as in a sandboxed frame, they say nothing either.
    await tried.catch(() => {});
    if (this.#timer !== null || this.#ended.signal.aborted) return;
    const freed = this.#locks.request(name, { signal: this.#ended.signal }, async () => this.#gone());
    freed.catch(() => {});
  }

  close(): void {
    this.#stop();
    this.#ended.abort();
  }

  /** Says the name once the lock is held, so that nobody finds it free before. */
  #hold(): void {
    // Where there are no locks, `crypto.randomUUID` may be missing as well: both are for secure contexts alone.
    if (this.#locks === undefined) return;
    const name = LOCK + crypto.randomUUID();
    const { signal } = this.#ended;
    const held = this.#locks.request(name, { signal }, () => {
      this.#voice.lock(name);
      return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    });
    held.catch(() => {});
  }

  #watch(): void {
    this.#timer = setBackgroundTimeout(() => this.#look(), QUIET, this.#clock);
  }

  #look(): void {
    const silence = this.#clock.monotonic() - this.#heardAt;
    if (silence >= PATIENCE) {
      this.#gone();
      return;
    }
    if (silence >= QUIET) this.#voice.ping();
    this.#watch();
  }

  #gone(): void {
    if (this.#ended.signal.aborted) return;
    this.close();
    this.#voice.gone();
  }

  #stop(): void {
    this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
