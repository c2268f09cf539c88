import type { CallSink } from '../call/call.ts';
import type { Answered, Question, QuestionType } from '../call/question.ts';
import type { HopHead, ReplyEvent } from '../call/reply-event.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Next } from '../call/stage.ts';
import type { Timings } from '../call/timings.ts';
import { NetworkError } from '../error.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { Priority } from '../options/options.ts';
import type { AsyncContext } from '../util/async-context.ts';
import type { Clock } from '../util/clock.ts';
import type { ActiveSet, Placed } from '../util/collections.ts';
import { bodyTooLarge, judgeBody } from './body-limit.ts';
import { platformDecoding, type TextSource } from './body-text.ts';
import { withSentence } from './error-sentence.ts';
import { outcomeOf } from './promised.ts';
import { askListeners, isHeard } from './questions.ts';
import { type BodyControl, ReplyBody, WHOLE } from './reply-body.ts';
import { abortError, statusError } from './reply-error.ts';
import { ReplyRecord } from './reply-record.ts';
import type { ReplyRelay } from './reply-relay.ts';
import type { ReplyFace } from './reply-signals.ts';
import type { ReplySource, TextDecoding, Transfer } from './reply-source.ts';
import { convertEarly, fieldsFor, showWireEvent } from './wire.ts';

/**
 * The life of a reply: events of its transfer go in, state changes and signals come out, in Qt's order. `NetworkReply` is
 * the face of it.
 * Many replies may wait at once, so what only some of them need is made when it is needed.
 */
export class ReplyCore<Reply extends ReplyFace = ReplyFace>
  extends ReplyRecord<Reply>
  implements CallSink, BodyControl, TextSource, EventListenerObject, Placed
{
  source: ReplySource;
  readonly #running: ActiveSet<ReplyCore> | undefined;
  readonly #context: AsyncContext | null;
  #transfer: Transfer | null = null;
  #state: 'created' | 'running' | 'finishing' | 'finished' = 'created';
  /** Set before the start, when there is no transfer that could keep it. */
  #priority: Priority | null = null;
  #body: ReplyBody | null = null;
  #received = 0;
  /** The fields of the head that is shown, when they were asked for. */
  #headers: HttpHeaders | null = null;

  /** @param running those under way, of which the reply is one until it ends */
  constructor(reply: Reply, source: ReplySource, running: ActiveSet<ReplyCore> | undefined) {
    super();
    this.#running = running;
    running?.add(this);
    this.reply = reply;
    this.source = source;
    this.#context = source.asyncContexts?.capture() ?? null;
    this.url = this.request.url.href;
    this.request.options.signal?.addEventListener('abort', this);
  }

  handleEvent(): void {
    this.cancel(this.request.options.signal!.reason, true);
  }

  get clock(): Clock {
    return this.source.clock;
  }

  get request(): HttpRequest {
    return this.reply.request;
  }

  get decoding(): TextDecoding {
    return this.source.textDecoding ?? platformDecoding;
  }

  get body(): ReplyBody {
    if (this.#body === null) {
      this.#body = new ReplyBody(this, this.request.options.readBufferSize);
      if (this.wanted !== null) this.#body.claim(WHOLE);
    }
    return this.#body;
  }

  get isBodyClaimed(): boolean {
    return this.wanted !== null || (this.#body?.claimed ?? false);
  }

  /** What has arrived waits, the network with it, and nothing has begun to read. */
  get isBodyUnread(): boolean {
    if (this.relay !== null) return this.relay.isBodyUnread;
    return !this.isBodyClaimed && (this.#body?.isFull ?? false);
  }

  get hasBody(): boolean {
    return this.#body !== null;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get finished(): boolean {
    return this.#state === 'finished';
  }

  get timings(): Timings | null {
    return (this.#transfer?.waitsFor ?? this.#transfer)?.timings ?? null;
  }

  inContext<Value>(run: () => Value): Value {
    return this.#context === null ? run() : this.#context.runInAsyncScope(run);
  }

  /** Lets the transfer begin, unless the reply has ended by then. */
  start(): void {
    if (this.request.options.signal?.aborted) this.handleEvent();
    if (this.#state !== 'created') return;
    this.#state = 'running';
    const { request } = this;
    const asked = this.source.asyncContexts?.requestIn(request, this.#context!) ?? request;
    const transfer = this.source.open(asked, this);
    this.#transfer = transfer;
    if (this.#priority !== null) transfer.setPriority(this.#priority);
    this.inContext(() => transfer.start());
  }

  pause(): void {
    this.#transfer?.pause();
  }

  resume(): void {
    this.#transfer?.resume();
  }

  setPriority(priority: Priority): void {
    this.#priority = priority;
    this.#transfer?.setPriority(priority);
  }

  /**
   * Ends the reply with operation-canceled, all signals included.
   * @param transfer whether the transfer behind it ends, too (Qt's abort), or goes on unseen (Qt's close)
   */
  cancel(cause: unknown, transfer: boolean): void {
    if (this.#state === 'finishing' || this.#state === 'finished') return;
    const error = abortError(this.request, cause);
    // Before the transfer hears of it: what it does on the way down must not come back as an event.
    this.#state = 'finishing';
    if (transfer) this.#transfer?.abandon(error);
    else this.#transfer?.resume();
    this.body.release(error);
    this.#finish(error, transfer || this.#transfer === null);
  }

  accept(event: ReplyEvent): void {
    if (this.#state !== 'running') return;
    if (this.relay !== null) this.#tell(this.relay, event);
    // It may have given the reply up.
    if (!this.isRunning) return;
    switch (event.type) {
      case 'data':
        this.#data(event.chunk, event.lent);
        break;
      case 'head':
        this.showHead(event);
        this.#received = event.received ?? 0;
        this.final = event;
        this.progress.begin();
        this.reply.emit('metaDataChanged');
        this.atHead?.();
        break;
      case 'end':
        if (event.trailers !== null) this.trailers = fieldsFor(this.reply, event.trailers);
        this.body.end();
        this.#finish(statusError(this.request, this.head));
        break;
      case 'failed':
        this.#fail(withSentence(NetworkError.from(event.error), this.request));
        break;
      default:
        showWireEvent(this, event);
    }
  }

  ask<Type extends QuestionType>(question: Question<Type>): Promise<Answered<Type>> {
    return this.relay?.ask(question, () => askListeners(this, question)) ?? askListeners(this, question);
  }

  hears(type: QuestionType): boolean {
    return this.relay !== null || isHeard(this, type);
  }

  #tell(relay: ReplyRelay, event: ReplyEvent): void {
    // Nothing follows the last one.
    if (event.type === 'end' || event.type === 'failed') this.relay = null;
    relay.accept(event);
  }

  behind(request: HttpRequest, run: Next): Promise<void> | null {
    return this.owner?.behind(request, run) ?? null;
  }

  get faults(): ((fault: Error) => void) | null {
    return this.owner?.fault ?? null;
  }

  showHead(head: HopHead): void {
    this.head = head;
    this.#headers = null;
    this.url = head.url;
  }

  get headers(): HttpHeaders {
    this.#headers ??= fieldsFor(this.reply, this.head?.headers ?? []);
    return this.#headers;
  }

  #data(chunk: Uint8Array, lent: boolean): void {
    this.#received += chunk.length;
    const judgement = this.#judge(chunk.length);
    if (judgement === 'refuse') {
      this.#body?.drop();
      this.#endEarly(bodyTooLarge(this.request, this.head?.status ?? 0));
      return;
    }
    if (this.relay === null) {
      if (!lent || !convertEarly(this, chunk)) this.body.push(chunk, lent);
      this.reply.emit('readyRead');
    }
    if (!this.isRunning) return;
    if (judgement === 'settle') this.#endEarly(statusError(this.request, this.head)!);
    else this.progress.tell(this.#received, this.final?.total ?? -1);
  }

  #judge(arriving: number): ReturnType<typeof judgeBody> {
    const state = {
      status: this.head?.status ?? 0,
      received: this.#received,
      total: this.final?.total ?? -1,
      // What another side has waits there.
      unread: this.relay === null ? (this.#body?.available ?? 0) + arriving : 0,
      isCollected: this.wanted !== null,
    };
    return judgeBody(state, this.request.options);
  }

  #fail(error: NetworkError): void {
    this.body.fail(error);
    this.#finish(error);
  }

  /** Ends the reply with an error while its transfer would go on. */
  #endEarly(error: NetworkError): void {
    this.#state = 'finishing';
    this.#transfer?.abandon(error);
    this.#fail(error);
  }

  #finish(error: NetworkError | null, isOver = true): void {
    this.#state = 'finishing';
    if (isOver) this.request.body?.discard?.();
    this.#running?.remove(this);
    this.request.options.signal?.removeEventListener('abort', this);
    this.error = error;
    // Given up on this side: what came from the transfer has been told.
    if (this.relay !== null && error !== null)
      this.#tell(this.relay, { type: 'failed', error: error.toJSON() });
    if (error !== null) this.reply.emit('errorOccurred', error);
    this.progress.finish(this.#received, error === null ? -1 : (this.final?.total ?? -1));
    this.reply.emit('readChannelFinished');
    this.#state = 'finished';
    this.owner?.finished(this.reply);
    this.reply.emit('finished');
    this.atHead?.();
    this.tellOver?.(outcomeOf(this as ReplyCore));
    if (this.request.options.autoDeleteReplies) this.clock.setTimeout(() => this.#delete(), 0);
  }

  /** Qt: deleteLater. The listeners have had their turn; what is left goes. */
  #delete(): void {
    this.reply.removeAllListeners();
    this.body.forbid();
  }
}
