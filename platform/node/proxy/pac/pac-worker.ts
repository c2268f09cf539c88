import type { Worker } from 'node:worker_threads';
import { type Clock, setBackgroundTimeout, systemClock } from '../../../../src/util/clock.ts';
import { EndlessScript, type PacOutcome, type PacRun, type PacRunner } from './pac-outcome.ts';
import type { WorkerStart } from './worker.ts';
import { workerText } from './worker-text.ts';

/** Milliseconds until a thread has to be ready, for one run, and for which it is kept when there is nothing to run. */
const LONGEST_START = 10_000;
const LONGEST_RUN = 2_000;
const LONGEST_REST = 30_000;
/** Milliseconds for which a script that did not end is not run for anybody. */
const PAUSE = 30_000;
/** Threads that did not end when they were told to, beside the one that runs: where there are so many, no other is begun. */
const MOST_UNENDED = 2;

/** What a thread may take beside QuickJS, which has bounds of its own (sandbox.ts). */
const LIMITS = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 };

/** A run that waits for its outcome. */
interface Waiting {
  readonly run: PacRun;
  /** When it is too late for it, by the monotonic clock. */
  readonly until: number;
  resolve(outcome: PacOutcome): void;
  reject(error: Error): void;
}

let text: string | null = null;

/**
 * Runs one PAC file in a thread of its own, one run after the other. The thread is begun with the first run and ended when
 * there is none for a while; it keeps the process alive only while something is run. What takes too long in there (also within
 * one step of QuickJS, which sees no clock meanwhile) ends with the thread, and holds up nothing else.
 */
export class PacWorker implements PacRunner {
  readonly #start: WorkerStart;
  readonly #clock: Clock;
  readonly #waiting: Waiting[] = [];
  #running: Waiting | null = null;
  #worker: Worker | null = null;
  #isReady = false;
  #isRetired = false;
  #timer: unknown = null;
  #unended = 0;
  #stuckUntil = Number.NEGATIVE_INFINITY;

  constructor(start: WorkerStart, clock: Clock = systemClock) {
    this.#start = start;
    this.#clock = clock;
  }

  /** @throws Error where there is no thread to be had, and for one that has come to an end by itself */
  run(run: PacRun, until: number): Promise<PacOutcome> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ run, until, resolve, reject });
      if (this.#running === null) this.#next();
    });
  }

  end(): void {
    this.#stop(new Error('it was ended before it had an answer'));
  }

  retire(): void {
    this.#isRetired = true;
    if (this.#running === null) this.#end();
  }

  #next(): void {
    this.#clock.clearTimeout(this.#timer);
    const next = this.#waiting.shift();
    this.#running = next ?? null;
    if (next === undefined) {
      this.#rest();
      return;
    }
    const now = this.#clock.monotonic();
    if (this.#stuckUntil > now) {
      this.#finish(() => next.reject(new EndlessScript('it has taken too long a moment ago')));
    } else if (next.until <= now) {
      this.#finish(() => next.reject(new EndlessScript('it took too long')));
    } else if (this.#worker === null) {
      this.#begin(next);
    } else {
      this.#worker.ref();
      if (this.#isReady) this.#send(next);
    }
  }

  #finish(tell: () => void): void {
    tell();
    this.#next();
  }

  #begin(first: Waiting): void {
    try {
      if (this.#unended >= MOST_UNENDED) throw new Error('threads that were told to end have not');
      const { Worker: Thread } = process.getBuiltinModule('node:worker_threads');
      text ??= workerText();
      // Nothing of what this program was started with is for a thread that runs the code of others.
      const isolated = { env: {}, execArgv: [], argv: [], stdin: false, stdout: true, stderr: true };
      const options = { ...isolated, eval: true, workerData: this.#start, resourceLimits: LIMITS };
      this.#listen(new Thread(text, options));
    } catch (cause) {
      const why = `no worker thread to run it in can be begun: ${(cause as Error).message}`;
      this.#finish(() => first.reject(new Error(why, { cause })));
      return;
    }
    const tooLate = new EndlessScript('the thread to run it in was not ready in time');
    this.#timer = setBackgroundTimeout(() => this.#stop(tooLate), LONGEST_START, this.#clock);
  }

  #listen(worker: Worker): void {
    this.#worker = worker;
    this.#isReady = false;
    worker.on('message', (outcome: PacOutcome | null) => {
      if (this.#worker === worker) this.#onMessage(outcome);
    });
    const onEnd = (error: Error): void => {
      if (this.#worker !== worker) return;
      this.#end();
      const failed = this.#running;
      this.#finish(() => failed?.reject(error));
    };
    worker.on('error', (cause) => onEnd(new Error(`it has failed: ${cause.message}`, { cause })));
    worker.on('exit', () => onEnd(new Error('it has failed: its thread has ended')));
  }

  #onMessage(outcome: PacOutcome | null): void {
    this.#clock.clearTimeout(this.#timer);
    const running = this.#running!;
    if (outcome === null) {
      this.#isReady = true;
      this.#send(running);
      return;
    }
    if (outcome.kind === 'endless') this.#stuckUntil = this.#clock.monotonic() + PAUSE;
    this.#finish(() => running.resolve(outcome));
  }

  #send({ run, until }: Waiting): void {
    this.#worker!.postMessage(run);
    const left = Math.max(0, Math.min(LONGEST_RUN, until - this.#clock.monotonic()));
    const stop = (): void => {
      this.#stuckUntil = this.#clock.monotonic() + PAUSE;
      this.#stop(new EndlessScript(`it took longer than ${LONGEST_RUN / 1000} s`));
    };
    this.#timer = setBackgroundTimeout(stop, left, this.#clock);
  }

  /** All that wait fail with that. */
  #stop(error: Error): void {
    this.#end();
    const failed = [this.#running, ...this.#waiting.splice(0)];
    this.#running = null;
    for (const one of failed) one?.reject(error);
  }

  #rest(): void {
    if (this.#isRetired) this.#end();
    if (this.#worker === null) return;
    this.#worker.unref();
    this.#timer = setBackgroundTimeout(() => this.#end(), LONGEST_REST, this.#clock);
  }

  #end(): void {
    this.#clock.clearTimeout(this.#timer);
    const worker = this.#worker;
    if (worker === null) return;
    this.#worker = null;
    this.#unended++;
    void worker.terminate().then(() => {
      this.#unended--;
    });
    // `terminate` keeps the process alive until the thread has ended, which Bun cannot do within one step of WebAssembly.
    worker.unref();
  }
}
