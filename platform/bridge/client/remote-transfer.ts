import type { CallSink } from '../../../src/call/call.ts';
import type { Question } from '../../../src/call/question.ts';
import type { ReplyEvent } from '../../../src/call/reply-event.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { Timings } from '../../../src/call/timings.ts';
import type { NetworkError } from '../../../src/error.ts';
import type { RequestBody } from '../../../src/message/body.ts';
import type { Priority } from '../../../src/options/options.ts';
import type { Transfer } from '../../../src/reply/reply-source.ts';
import { ownBytes } from '../../../src/util/bytes.ts';
import {
  type BodyHead,
  type ClientMessage,
  INLINE_BODY,
  type OwnerMessage,
  REPLY_WINDOW,
} from '../protocol.ts';
import { withUserinfo } from '../userinfo.ts';
import { optionsOf } from './crossing.ts';
import { UploadSender } from './upload-sender.ts';

/** The port, as the transfers through it see it. */
export interface TransferHost {
  send(message: ClientMessage, given?: readonly Uint8Array[]): void;
  /** A number for it; what is told of that is told to the transfer. */
  begin(transfer: RemoteTransfer): number;
  over(id: number): void;
  /** Why nothing can be sent any more, or null. */
  readonly failure: NetworkError | null;
}

/** A transfer that another side makes: what happens there is told here, and what is done here is said there. */
export class RemoteTransfer implements Transfer {
  timings: Timings | null = null;
  readonly #request: HttpRequest;
  readonly #sink: CallSink;
  readonly #host: TransferHost;
  /** 0 before the start and after the end. */
  #id = 0;
  #sender: UploadSender | null = null;
  #isPaused = false;
  #priority: Priority | null = null;
  /** Bytes that were taken and of which the other side has not been told. */
  #taken = 0;

  constructor(request: HttpRequest, sink: CallSink, host: TransferHost) {
    this.#request = request;
    this.#sink = sink;
    this.#host = host;
  }

  start(): void {
    const { failure } = this.#host;
    if (failure !== null) {
      this.#sink.accept({ type: 'failed', error: failure.toJSON() });
      return;
    }
    const { method, url, headers, own, options, body } = this.#request;
    this.#id = this.#host.begin(this);
    // Set since the reply was made.
    const priority = this.#priority ?? own.priority;
    this.#host.send({
      type: 'request',
      id: this.#id,
      method,
      url: withUserinfo(url),
      headers: headers.pairs,
      options: optionsOf(priority === undefined ? own : { ...own, priority }),
      body: body === null ? null : headOf(body, options.duplex !== null),
    });
  }

  pause(): void {
    this.#isPaused = true;
    if (this.#id !== 0 && this.#sink.isBodyUnread) this.#credit(true);
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#id !== 0) this.#credit(false);
  }

  setPriority(priority: Priority): void {
    this.#priority = priority;
    if (this.#id !== 0) this.#host.send({ type: 'priority', id: this.#id, priority });
  }

  abandon(_reason: NetworkError): void {
    const id = this.#end();
    if (id !== 0) this.#host.send({ type: 'abort', id });
  }

  /** @param times that have changed */
  event(event: ReplyEvent, times: Partial<Timings> | null): void {
    if (times !== null) this.timings = Object.assign(this.timings ?? {}, times as Timings);
    if (event.type === 'end' || event.type === 'failed') this.#end();
    this.#sink.accept(event);
    if (event.type === 'data') this.#take(event.chunk.length);
  }

  async question(number: number, question: Question): Promise<void> {
    const answered = await this.#sink.ask(question);
    if (this.#id !== 0) this.#host.send({ type: 'answer', id: this.#id, question: number, answered });
  }

  openUpload(pass: number, credit: number): void {
    const { body } = this.#request;
    if (body === null) return;
    this.#sender?.stop();
    this.#sender = new UploadSender(this.#id, pass, body, credit, {
      send: (message, given) => this.#host.send(message, given),
      failed: (error) => this.fail(error),
    });
  }

  creditUpload({ pass, bytes, memory }: Extract<OwnerMessage, { type: 'upload-credit' }>): void {
    if (this.#sender?.pass === pass) this.#sender.addCredit(bytes, memory);
  }

  closeUpload(pass: number): void {
    if (this.#sender?.pass === pass) this.#sender.stop();
  }

  /** Ends it from this side of the port. */
  fail(error: NetworkError): void {
    if (this.#id === 0) return;
    this.abandon(error);
    this.#sink.accept({ type: 'failed', error: error.toJSON() });
  }

  #take(bytes: number): void {
    this.#taken += bytes;
    if (this.#id !== 0 && !this.#isPaused && this.#taken >= REPLY_WINDOW / 4) this.#credit(false);
  }

  /** What waits unread has not been taken. */
  #credit(isUnread: boolean): void {
    const bytes = isUnread || this.#isPaused ? 0 : this.#taken;
    this.#taken -= bytes;
    this.#host.send({ type: 'credit', id: this.#id, bytes, isUnread });
  }

  /** @returns the number that it had */
  #end(): number {
    const id = this.#id;
    this.#id = 0;
    this.#sender?.stop();
    this.#sender = null;
    if (id !== 0) this.#host.over(id);
    return id;
  }
}

function headOf(body: RequestBody, isStreamed: boolean): BodyHead {
  const { length, replayable, contentType, bytes } = body;
  const isSmall = bytes !== null && bytes.length <= INLINE_BODY && !isStreamed;
  // A clone has all memory behind a view, and no other class than Uint8Array.
  return { length, replayable, contentType, bytes: isSmall ? ownBytes(bytes) : null };
}
