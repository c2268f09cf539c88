import { setImmediate } from 'node:timers';
import { type Clock, setBackgroundTimeout } from '../../../src/util/clock.ts';

/** A connection whose peer may have gone without a word, as {@link Http2Liveness} sees it. */
export interface LivenessTarget {
  /** Requests wait for the peer. */
  readonly isBusy: boolean;
  /** Sends PING (RFC 9113 §6.7). `answered` is called when its answer is there, and never when there is none. */
  ping(answered: () => void): void;
  /** The peer is slower than ever to answer: what may be sent again goes elsewhere. */
  doubted(): void;
  /** The peer is gone. */
  dead(): void;
}

/** Milliseconds after a PING at which a connection without any sign of its peer is given up. */
const LAST_PATIENCE = 5000;
/** Milliseconds after which a connection is doubted: some round trips, where one has been measured. */
const ROUND_TRIPS = 4;
const LEAST_PATIENCE = 250;
const MOST_PATIENCE = 1000;

/**
 * Milliseconds of silence before each PING of one silence. The later ones are rare: a server of gRPC takes the third
 * within five minutes for abuse and says goodbye (grpc/grpc, doc/keepalive.md, `too_many_pings`).
 */
const SILENCES = [5000, 25_000, 90_000, 300_000] as const;

/** How long a connection that has sent `pings` since its peer was last heard of may be silent before the next one. */
export function silenceBefore(pings: number): number {
  return SILENCES[Math.min(pings, SILENCES.length - 1)]!;
}

/** How long the answer to a PING may take before the connection is doubted. */
export function patienceFor(roundTrip: number | null): number {
  if (roundTrip === null) return MOST_PATIENCE;
  return Math.min(MOST_PATIENCE, Math.max(LEAST_PATIENCE, roundTrip * ROUND_TRIPS));
}

/** A PING under way. */
interface Probe {
  readonly signs: number;
  readonly sentAt: number;
}

/**
 * Asks whether the peer of a connection is still there, where its silence gives reason to: TCP alone finds out after a
 * quarter of an hour, and Node 20 tells nobody when a peer has broken the protocol and its session reads no more.
 *
 * A sign of life is whatever the peer says on a stream, or the answer to a PING. Each silence is one episode:
 *
 *     silent for some seconds, or a request was given up unanswered → PING → nothing for some round trips → doubted
 *                                                                          → nothing for five seconds   → dead
 */
export class Http2Liveness {
  /** Counts what the peer has said on streams: who remembers it can tell whether there was something since. */
  signs = 0;
  readonly #target: LivenessTarget;
  readonly #clock: Clock;
  /** Milliseconds, of the last answer that was timed. */
  #roundTrip: number | null = null;
  #silenceTimer: unknown = null;
  #probe: Probe | null = null;
  #probeTimer: unknown = null;
  #pings = 0;
  #isOver = false;

  constructor(target: LivenessTarget, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
  }

  /** An answer of the peer that took so many milliseconds and waited for nothing but the network. */
  timed(roundTrip: number): void {
    this.#roundTrip = roundTrip;
  }

  /** The peer has said something on a stream. */
  heard(): void {
    this.signs++;
    this.#pings = 0;
  }

  /** A request waits: from now on silence counts. */
  watch(): void {
    if (this.#silenceTimer !== null || this.#isOver) return;
    const before = this.signs;
    this.#silenceTimer = this.#after(silenceBefore(this.#pings), () => {
      this.#silenceTimer = null;
      if (!this.#target.isBusy) return;
      if (this.signs === before) this.probe();
      this.watch();
    });
  }

  /** Something speaks against the peer: it is asked at once, unless it has been and may still answer. */
  probe(): void {
    if (this.#probe !== null || this.#isOver) return;
    const probe: Probe = { signs: this.signs, sentAt: this.#clock.monotonic() };
    const patience = patienceFor(this.#roundTrip);
    this.#probe = probe;
    this.#pings++;
    this.#judge(probe, patience, () => {
      this.#judge(probe, LAST_PATIENCE - patience, () => {
        this.#probe = null;
        this.#target.dead();
      });
      this.#target.doubted();
    });
    this.#target.ping(() => {
      this.#roundTrip = this.#clock.monotonic() - probe.sentAt;
      this.#stopProbe();
    });
  }

  /** The connection is over. */
  stop(): void {
    this.#isOver = true;
    this.#clock.clearTimeout(this.#silenceTimer);
    this.#stopProbe();
  }

  /** Calls `isGuilty` when the peer is still silent by then. */
  #judge(probe: Probe, milliseconds: number, isGuilty: () => void): void {
    this.#probeTimer = this.#after(milliseconds, () => {
      // A process that was stopped, or busy, sees its timers before what has arrived meanwhile: the sockets come first.
      setImmediate(() => {
        if (this.#probe !== probe) return;
        if (this.signs === probe.signs) isGuilty();
        else this.#probe = null;
      });
    });
  }

  #stopProbe(): void {
    this.#clock.clearTimeout(this.#probeTimer);
    this.#probe = null;
  }

  /** No process stays alive for it. */
  #after(milliseconds: number, callback: () => void): unknown {
    return setBackgroundTimeout(callback, milliseconds, this.#clock);
  }
}
