import type { Call } from '../../call/call.ts';
import type { NetworkError } from '../../error.ts';
import type { ResponseBody } from '../../message/body.ts';
import type { HttpHeaders } from '../../message/headers.ts';
import type { Clock } from '../../util/clock.ts';
import { type EntryWriter, type MaybePromise, writeLent } from '../storage/network-cache.ts';
import type { Rescue } from '../storage/stored-body.ts';
import { type ArrivingBody, EntryReader } from './entry-reader.ts';

/** What an {@link IncomingEntry} works for. */
export interface IncomingEntryInit {
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
 * A response body on its way into the cache and, at the same time, to every reply that reads it.
 *
 * Theory of operation. Each chunk of the source is written to the entry and handed to the readers at the head, which have
 * taken all bytes before it. A reader that pauses falls behind: when it resumes it reads what it has missed from the entry
 * that is being written, until it is at the head again. So no reader holds another one up. The source is paused only while
 * no reader flows, or while the writer asks for a pause.
 *
 * The entry stops taking bytes when the cache refuses one (too large, a full disk). From then on there is nothing to read
 * again, so a reader that pauses at the head does pause the source, for at most a second (`PATIENCE`); then it is *left*,
 * and gets its rest by a request of its own (`Rescue`). The readers that are behind at that time do the same.
 *
 * At the end of the source a complete entry is committed, and the readers are told of the end when it can be found. It is
 * *over*, for requests that would like to join, as soon as it cannot be joined any more: it has ended, failed, was refused,
 * or is doomed because the resource has changed. It is closed, and its writer with it, when its last reader has gone.
 */
export class IncomingEntry implements ArrivingBody {
  readonly #init: IncomingEntryInit;
  readonly #readers = new Set<EntryReader>();
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

  constructor(init: IncomingEntryInit) {
    this.#init = init;
  }

  /**
   * The whole body, for one more reply. What is lost to it, because it fell behind an entry that cannot be written, comes
   * from the `rescue`.
   *
   * @param call of the reply
   */
  body(rescue: Rescue, call: Pick<Call, 'sink'> | null = null): ResponseBody {
    const reader = new EntryReader(this, rescue, call);
    this.#readers.add(reader);
    return reader;
  }

  /** Has the listener called when no request can join any more. */
  whenOver(listener: () => void): void {
    if (this.#listeners === null) listener();
    else this.#listeners.push(listener);
  }

  /** What has arrived waits in every reply, and none has begun to read: the others may have the connection's place. */
  get isUnread(): boolean {
    for (const reader of this.#readers) if (!reader.isUnread) return false;
    return this.#readers.size > 0;
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
    for (const reader of [...this.#readers]) {
      this.#readers.delete(reader);
      reader.fail(error);
    }
    this.#close();
  }

  get position(): number {
    return this.#position;
  }

  get writer(): EntryWriter {
    return this.#init.writer;
  }

  /** A reader has started, paused, resumed or caught up. */
  update(reader: EntryReader): void {
    if (this.#ended) {
      if (reader.isAtHead) this.#finish(reader);
      return;
    }
    if (!this.#started && reader.isStarted) {
      this.#started = true;
      this.#init.source.start({
        data: (chunk) => this.#data(chunk),
        end: (trailers) => this.#end(trailers),
        fail: (error) => this.fail(error),
      });
    }
    this.#regulate();
  }

  /** A reader has gone. Without any the source is given up. */
  leave(reader: EntryReader, reason: NetworkError): void {
    if (!this.#readers.delete(reader)) return;
    if (this.#readers.size > 0) {
      this.#regulate();
      return;
    }
    if (!this.#ended && !this.#committing) this.#init.source.cancel(reason);
    this.#close();
  }

  #data(chunk: Uint8Array): void {
    if (this.#writing) this.#write(chunk);
    const before = this.#position;
    this.#position += chunk.length;
    const someFlow = this.#someFlow(before);
    for (const reader of [...this.#readers]) {
      // Alone, a reader that stopped takes what is still on its way, as it would without a cache.
      if (reader.takes(before, someFlow && (this.#writing || reader.isLeft))) reader.take(chunk);
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
      const written = writeLent(this.#init.writer, chunk);
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
    const { length } = this.#init;
    const complete = length === null || length === this.#position;
    const committed = this.#writing && complete && !this.#doomed ? this.#commit() : undefined;
    const ended = (): void => {
      this.#committing = false;
      this.#ended = true;
      this.#trailers = trailers;
      this.#over();
      for (const reader of [...this.#readers]) if (reader.isAtHead) this.#finish(reader);
      if (this.#readers.size === 0) this.#close();
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
      return this.#init.commit();
    } catch {
      // The reply has all its bytes; the cache itself reports what keeps it from storing them.
      return undefined;
    }
  }

  #finish(reader: EntryReader): void {
    this.#readers.delete(reader);
    reader.end(this.#trailers);
    if (this.#readers.size === 0) this.#close();
  }

  #close(): void {
    // The writer works on, and closes behind that.
    if (this.#committing) return;
    this.#ended = true;
    this.#over();
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#forgetHold?.();
    this.#init.writer.close();
  }

  #over(): void {
    const listeners = this.#listeners ?? [];
    this.#listeners = null;
    for (const listener of listeners) listener();
  }

  #someFlow(position: number): boolean {
    for (const reader of this.#readers) if (reader.flowsAt(position)) return true;
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
    if (flow) this.#init.source.resume();
    else this.#init.source.pause();
  }

  #hold(isHeld: boolean): void {
    if (!isHeld) {
      this.#forgetHold?.();
      this.#forgetHold = null;
    } else if (this.#forgetHold === null) {
      const { clock } = this.#init;
      const timer = clock.setTimeout(() => {
        for (const reader of this.#holders()) reader.isLeft = true;
        this.#regulate();
      }, PATIENCE);
      const forget = (): void => clock.clearTimeout(timer);
      this.#forgetHold = forget;
    }
  }

  /** Without an entry to fall back to, one reader that stops stops all. */
  #holders(): EntryReader[] {
    return [...this.#readers].filter(({ isPaused, isAtHead, isLeft }) => isPaused && isAtHead && !isLeft);
  }
}
