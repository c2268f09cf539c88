import type { HttpRequest } from '../call/request.ts';
import type { Timings } from '../call/timings.ts';
import { NetworkError } from '../error.ts';
import { type Clock, setBackgroundTimeout } from '../util/clock.ts';
import { withoutFragment } from '../util/url.ts';

/** Milliseconds of silence that are told, and between two looks. */
const SILENCE = 60_000;
const INTERVAL = 20_000;
/** Origins that are remembered as told: peers choose them, by redirects. */
const MOST_TOLD = 1000;

/** What is looked at of a request under way. */
export interface WaitingRequest {
  readonly reply: { readonly request: HttpRequest };
  /** Null until it has begun. */
  readonly timings: Timings | null;
  /** Of its body: how many bytes the network took. */
  readonly upload: { readonly sent: number } | null;
}

/** In a state since then, by the monotonic clock. */
interface Waiting {
  readonly state: number;
  readonly since: number;
}

/**
 * Tells of servers that were sent a request and have said nothing for a minute, where no timeout bounds that: once for each
 * origin, as a word that ends nothing. A script that waits for ever should not do so without one.
 *
 * Costs a request one comparison: a single timer looks at all that are under way, and runs only while there are any. It keeps
 * neither the process alive nor the manager.
 */
export class SilenceWatch {
  readonly #underWay: Iterable<WaitingRequest>;
  readonly #tell: (fault: NetworkError) => void;
  readonly #clock: Clock;
  /** Of the next look, while there is one to come. */
  #timer: unknown = null;
  #isOver = false;
  /** What waited at the last look, and since when its state is the same. */
  #waiting: ReadonlyMap<WaitingRequest, Waiting> = new Map();
  readonly #told = new Set<string>();

  constructor(underWay: Iterable<WaitingRequest>, tell: (fault: NetworkError) => void, clock: Clock) {
    this.#underWay = underWay;
    this.#tell = tell;
    this.#clock = clock;
  }

  /** A request was made. */
  watch(): void {
    if (this.#timer !== null || this.#isOver) return;
    const self = new WeakRef(this);
    this.#timer = setBackgroundTimeout(() => self.deref()?.look(), INTERVAL, this.#clock);
  }

  /** The manager is closed: nothing is under way, nor will be. */
  stop(): void {
    this.#isOver = true;
    this.#clock.clearTimeout(this.#timer);
  }

  /** Looks at all that is under way, and looks again later when there is any. */
  look(): void {
    this.#timer = null;
    const now = this.#clock.monotonic();
    const waiting = new Map<WaitingRequest, Waiting>();
    for (const one of this.#underWay) {
      this.watch();
      const state = stateOf(one);
      if (state === null) continue;
      const before = this.#waiting.get(one);
      const since = before?.state === state ? before.since : now;
      waiting.set(one, { state, since });
      if (now - since >= SILENCE) this.#tellOf(one.reply.request);
    }
    this.#waiting = waiting;
  }

  #tellOf({ method, url }: HttpRequest): void {
    if (this.#told.has(url.origin) || this.#told.size >= MOST_TOLD) return;
    this.#told.add(url.origin);
    const shown = withoutFragment(url);
    const words = `${method} ${shown} was sent, and the server has not answered for ${SILENCE / 1000} s; no timeout bounds that, so it may wait for ever: set the option timeouts (firstByte, total …) or transferTimeout`;
    this.#tell(new NetworkError('timeout', words, { url: shown }));
  }
}

/** What changes when the request comes further, or null when it does not wait for a server without a bound. */
function stateOf({ reply, timings, upload }: WaitingRequest): number | null {
  const { transferTimeout, timeouts } = reply.request.options;
  const isBounded = transferTimeout || timeouts.firstByte || timeouts.attempt || timeouts.total;
  if (isBounded || timings === null || timings.responseStart > 0) return null;
  // A server that does not read what it is sent is as silent as one that does not answer.
  return timings.requestSent || -(upload?.sent ?? 0) || null;
}
