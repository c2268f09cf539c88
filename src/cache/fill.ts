import type { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { Clock } from '../util/clock.ts';
import { FillConsumer, type Filling } from './fill-consumer.ts';
import { type EntryWriter, type MaybePromise, writeLent } from './network-cache.ts';
import type { Rescue } from './stored-body.ts';

/** What a {@link Fill} works for. */
export interface FillTask {
  readonly source: ResponseBody;
  readonly writer: EntryWriter;
  /** Bytes that make the entry complete, or null when the end of the body alone tells. */
  readonly length: number | null;
  /** Publishes what was written. */
  readonly commit: () => MaybePromise<void>;
  readonly clock: Clock;
}

/** How long (milliseconds) one reader that stopped may hold the others up when there is no entry to read from. */
const PATIENCE = 1000;

/**
 * A response body on its way into the cache and, at the same time, to everybody who waits for it.
 *
 * Who keeps up gets each chunk as it arrives. Who stopped reading falls behind, is read to from the entry that is being
 * written, and never holds the others up; the source itself only stops when nobody keeps up. An entry that cannot be
 * written goes on without the cache: then one that stops does hold the others up, for a moment, and is left behind after
 * that.
 */
export class Fill implements Filling {
  readonly #task: FillTask;
  readonly #consumers = new Set<FillConsumer>();
  #position = 0;
  #started = false;
  #flowing = true;
  /** The writer takes bytes. */
  #writing = true;
  /** It has asked to wait. */
  #writerBusy = false;
  /** All bytes are there, and the entry is being published. */
  #committing = false;
  #doomed = false;
  #ended = false;
  #isClosed = false;
  #trailers: HttpHeaders | null = null;
  #listeners: (() => void)[] | null = [];
  /** Takes back that those who hold the others up are left behind in a moment. */
  #forgetHold: (() => void) | null = null;

  constructor(task: FillTask) {
    this.#task = task;
  }

  /**
   * The whole body, for one more reply. What is lost to it, because it fell behind an entry that cannot be written, comes
   * from the `rescue`.
   */
  body(rescue: Rescue): ResponseBody {
    const consumer = new FillConsumer(this, rescue);
    this.#consumers.add(consumer);
    return consumer;
  }

  /** Has the listener called when nobody can join any more. */
  whenOver(listener: () => void): void {
    if (this.#listeners === null) listener();
    else this.#listeners.push(listener);
  }

  get isOver(): boolean {
    return this.#listeners === null;
  }

  /** The resource has changed meanwhile: deliver, but do not store. */
  doom(): void {
    this.#doomed = true;
    this.#over();
  }

  /** The exchange was given up from within. */
  fail(error: NetworkError): void {
    for (const consumer of [...this.#consumers]) {
      this.#consumers.delete(consumer);
      consumer.fail(error);
    }
    this.#close();
  }

  get position(): number {
    return this.#position;
  }

  get writer(): EntryWriter {
    return this.#task.writer;
  }

  /** A consumer has started, paused, resumed or caught up. */
  update(consumer: FillConsumer): void {
    if (this.#ended) {
      if (consumer.isAtHead) this.#finish(consumer);
      return;
    }
    if (!this.#started && consumer.isStarted) {
      this.#started = true;
      this.#task.source.start({
        data: (chunk) => this.#data(chunk),
        end: (trailers) => this.#end(trailers),
        fail: (error) => this.fail(error),
      });
    }
    this.#regulate();
  }

  /** A consumer has gone. Without any the source is given up. */
  leave(consumer: FillConsumer, reason: NetworkError): void {
    if (!this.#consumers.delete(consumer)) return;
    if (this.#consumers.size > 0) {
      this.#regulate();
      return;
    }
    if (!this.#ended && !this.#committing) this.#task.source.cancel(reason);
    this.#close();
  }

  #data(chunk: Uint8Array): void {
    if (this.#writing) this.#write(chunk);
    const before = this.#position;
    this.#position += chunk.length;
    const someFlow = this.#someFlow(before);
    for (const consumer of [...this.#consumers]) {
      // Alone, a reader that stopped takes what is still on its way, as it would without a cache.
      if (consumer.takes(before, someFlow && (this.#writing || consumer.isLeft))) consumer.deliver(chunk);
    }
    this.#regulate();
  }

  #write(chunk: Uint8Array): void {
    const failed = (): void => {
      this.#writing = false;
      this.#writerBusy = false;
      this.#over();
      this.#regulate();
    };
    try {
      const written = writeLent(this.#task.writer, chunk);
      if (written === undefined) return;
      this.#writerBusy = true;
      written.then(() => {
        this.#writerBusy = false;
        this.#regulate();
      }, failed);
    } catch {
      failed();
    }
  }

  #end(trailers: HttpHeaders | null): void {
    const { length } = this.#task;
    const complete = length === null || length === this.#position;
    const committed = this.#writing && complete && !this.#doomed ? this.#commit() : undefined;
    const ended = (): void => {
      this.#committing = false;
      this.#ended = true;
      this.#trailers = trailers;
      this.#over();
      for (const consumer of [...this.#consumers]) if (consumer.isAtHead) this.#finish(consumer);
      if (this.#consumers.size === 0) this.#close();
    };
    // Whoever sees the end of a reply may count on the entry.
    if (committed === undefined) ended();
    else {
      this.#committing = true;
      committed.then(ended, ended);
    }
  }

  #commit(): MaybePromise<void> {
    try {
      return this.#task.commit();
    } catch {
      // The reply has all its bytes; the cache itself reports what keeps it from storing them.
      return undefined;
    }
  }

  #finish(consumer: FillConsumer): void {
    this.#consumers.delete(consumer);
    consumer.end(this.#trailers);
    if (this.#consumers.size === 0) this.#close();
  }

  #close(): void {
    // The writer works on, and closes behind that.
    if (this.#committing) return;
    this.#ended = true;
    this.#over();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forgetHold?.();
    this.#task.writer.close();
  }

  #over(): void {
    const listeners = this.#listeners ?? [];
    this.#listeners = null;
    for (const listener of listeners) listener();
  }

  #someFlow(position: number): boolean {
    for (const consumer of this.#consumers) if (consumer.flowsAt(position)) return true;
    return false;
  }

  #regulate(): void {
    if (!this.#started || this.#ended) return;
    const someFlow = this.#someFlow(this.#position);
    const isHeld = !this.#writing && someFlow && this.#holders().length > 0;
    this.#hold(isHeld);
    const flow = someFlow && !this.#writerBusy && !isHeld;
    if (flow === this.#flowing) return;
    this.#flowing = flow;
    if (flow) this.#task.source.resume();
    else this.#task.source.pause();
  }

  #hold(isHeld: boolean): void {
    if (!isHeld) {
      this.#forgetHold?.();
      this.#forgetHold = null;
    } else if (this.#forgetHold === null) {
      const { clock } = this.#task;
      const timer = clock.setTimeout(() => {
        for (const consumer of this.#holders()) consumer.isLeft = true;
        this.#regulate();
      }, PATIENCE);
      this.#forgetHold = () => clock.clearTimeout(timer);
    }
  }

  /** Without an entry to fall back to, one reader that stops stops all. */
  #holders(): FillConsumer[] {
    return [...this.#consumers].filter(({ isPaused, isAtHead, isLeft }) => isPaused && isAtHead && !isLeft);
  }
}
