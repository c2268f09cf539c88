import { codeForStatus, NetworkError } from '../error.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { AnswerTo, Ask, Question } from '../pipeline/question.ts';
import type { Hop, ReplyEvent, ResponseHead } from '../pipeline/reply-event.ts';
import type { HttpRequest } from '../pipeline/stage.ts';
import type { Signals } from '../signals.ts';
import type { Clock } from '../util/clock.ts';
import { withoutFragment } from '../util/url.ts';
import { ProgressThrottle } from './progress.ts';
import { ReplyBody } from './reply-body.ts';
import type { ReplySignals } from './reply-signals.ts';
import type { ReplySource } from './reply-source.ts';

/** The manager as its replies know it: told before the reply's own listeners, as in Qt. */
export interface ReplyOwner {
  finished(): void;
  encrypted(): Promise<unknown> | null;
}

/**
 * The life of a reply: events of its source go in, state changes and signals come out, in Qt's order. `NetworkReply` is
 * the face of it.
 */
export class ReplyCore {
  readonly body: ReplyBody;
  url: string;
  /** The head that is shown: of the last redirect, then of the response. */
  head: Hop | null = null;
  /** The head of the response that is delivered. */
  final: ResponseHead | null = null;
  readonly hops: Hop[] = [];
  trailers: HttpHeaders | null = null;
  error: NetworkError | null = null;
  owner: ReplyOwner | null = null;
  redirectAllowed = false;
  readonly #signals: Signals<ReplySignals>;
  readonly #source: ReplySource;
  readonly #request: HttpRequest;
  readonly #clock: Clock;
  #state: 'created' | 'running' | 'finishing' | 'finished' = 'created';
  #received = 0;
  #download: ProgressThrottle | null = null;
  #upload: ProgressThrottle | null = null;
  #uploaded: { readonly sent: number; readonly total: number } | null = null;
  #atHead: (() => void)[] = [];
  #atEnd: (() => void)[] = [];
  #cleanups: (() => void)[] = [];

  constructor(signals: Signals<ReplySignals>, request: HttpRequest, source: ReplySource, clock: Clock) {
    this.#signals = signals;
    this.#request = request;
    this.#source = source;
    this.#clock = clock;
    this.url = request.url.href;
    this.body = new ReplyBody(source, request.options.readBufferSize);
  }

  get finished(): boolean {
    return this.#state === 'finished';
  }

  /** Lets the source begin, unless the reply has ended by then. */
  start(): void {
    if (this.#state !== 'created') return;
    this.#state = 'running';
    this.#source.start({ accept: (event) => this.#accept(event), ask: this.#ask });
  }

  /** Resolves when the final head is there or never will be. */
  whenHead(): Promise<void> {
    if (this.final !== null || this.finished) return Promise.resolve();
    return new Promise((resolve) => this.#atHead.push(resolve));
  }

  whenFinished(): Promise<void> {
    if (this.finished) return Promise.resolve();
    return new Promise((resolve) => this.#atEnd.push(resolve));
  }

  /** Has `cleanup` run once when the reply has finished, before its signals. */
  onEnd(cleanup: () => void): void {
    this.#cleanups.push(cleanup);
  }

  /**
   * Ends the reply with operation-canceled, all signals included.
   * @param transfer whether the transfer behind it ends, too (Qt's abort), or goes on unseen (Qt's close)
   */
  cancel(cause: unknown, transfer: boolean): void {
    if (this.#state === 'finishing' || this.#state === 'finished') return;
    const url = withoutFragment(this.#request.url);
    const error =
      cause instanceof NetworkError
        ? cause
        : new NetworkError('operation-canceled', `the request of ${url} was aborted`, { url, cause });
    const running = this.#state === 'running';
    // Before the source hears of it: what it does on the way down must not come back as an event.
    this.#state = 'finishing';
    if (running) {
      if (transfer) this.#source.cancel(error);
      else this.#source.resume();
    }
    this.body.release(error);
    this.#finish(error);
  }

  #accept(event: ReplyEvent): void {
    if (this.#state !== 'running') return;
    switch (event.type) {
      case 'data':
        this.#data(event.chunk, event.lent);
        break;
      case 'head':
        this.#showHead(event);
        this.final = event;
        this.#download = new ProgressThrottle(this.#clock.now());
        this.#signals.emit('metaDataChanged');
        this.#wake(this.#atHead);
        break;
      case 'end':
        this.trailers = event.trailers;
        this.#state = 'finishing';
        this.body.end();
        this.#finish(this.#statusError());
        break;
      case 'failed':
        this.#state = 'finishing';
        this.body.fail(event.error);
        this.#finish(event.error);
        break;
      case 'hop':
        this.#showHead(event.hop);
        this.hops.push(event.hop);
        this.#signals.emit('metaDataChanged');
        break;
      case 'redirected':
        this.url = event.target;
        this.#signals.emit('redirected', event.target);
        break;
      case 'upload-progress':
        this.#uploadProgress(event.sent, event.total);
        break;
      case 'request-sent':
        this.#flushUploadProgress();
        this.#signals.emit('requestSent');
        break;
      case 'socket-started-connecting':
        this.#signals.emit('socketStartedConnecting');
        break;
      case 'informational':
        this.#signals.emit('informational', event.status, event.headers);
        break;
    }
  }

  readonly #ask: Ask = async <Q extends Question>(question: Q) => {
    switch (question.type) {
      case 'redirect':
        this.redirectAllowed = false;
        await this.#signals.ask('redirected', question.target);
        if (this.redirectAllowed) this.url = question.target;
        return { allowed: this.redirectAllowed } as AnswerTo<Q>;
      case 'encrypted':
        await this.owner?.encrypted();
        await this.#signals.ask('encrypted');
        return { proceed: this.#state === 'running' } as AnswerTo<Q>;
    }
  };

  #showHead(head: Hop): void {
    this.head = head;
    this.url = head.url;
  }

  #data(chunk: Uint8Array, lent: boolean): void {
    this.#received += chunk.length;
    this.body.push(chunk, lent);
    this.#signals.emit('readyRead');
    if (this.#state !== 'running' || this.#signals.listenerCount('downloadProgress') === 0) return;
    const total = this.final?.total ?? -1;
    if (this.#download?.admit(this.#received, total, this.#clock.now())) {
      this.#signals.emit('downloadProgress', this.#received, total);
    }
  }

  #uploadProgress(sent: number, total: number): void {
    this.#uploaded = { sent, total };
    this.#upload ??= new ProgressThrottle(Number.NEGATIVE_INFINITY);
    const all = this.#request.options.emitAllUploadProgressSignals;
    if (
      sent === total || all
        ? this.#upload.last(sent, total)
        : this.#upload.admit(sent, total, this.#clock.now())
    ) {
      this.#signals.emit('uploadProgress', sent, total);
    }
  }

  #flushUploadProgress(): void {
    const last = this.#uploaded;
    if (last !== null && this.#upload?.last(last.sent, last.total)) {
      this.#signals.emit('uploadProgress', last.sent, last.total);
    }
  }

  #statusError(): NetworkError | null {
    const { status, reason } = this.head ?? { status: 0, reason: '' };
    const code = codeForStatus(status);
    if (code === null) return null;
    const url = withoutFragment(this.#request.url);
    const said = reason === '' ? `server replied with status code ${status}` : `server replied: ${reason}`;
    return new NetworkError(code, `Error transferring ${url} - ${said}`, { url: this.url, status });
  }

  #finish(error: NetworkError | null): void {
    for (const cleanup of this.#cleanups) cleanup();
    this.#cleanups = [];
    this.error = error;
    if (error !== null) this.#signals.emit('errorOccurred', error);
    const total = this.final?.total ?? -1;
    const last = total < 0 || error === null ? this.#received : total;
    if (this.#download === null || this.#download.last(this.#received, last)) {
      this.#signals.emit('downloadProgress', this.#received, last);
    }
    this.#signals.emit('readChannelFinished');
    this.#state = 'finished';
    this.owner?.finished();
    this.#signals.emit('finished');
    this.#wake(this.#atHead);
    this.#wake(this.#atEnd);
    if (this.#request.options.autoDeleteReplies) this.#clock.setTimeout(() => this.#delete(), 0);
  }

  /** Qt: deleteLater. The listeners have had their turn; what is left goes. */
  #delete(): void {
    this.#signals.removeAllListeners();
    this.body.forbid(new TypeError('this reply was deleted after it finished (autoDeleteReplies)'));
  }

  #wake(waiting: (() => void)[]): void {
    for (const resolve of waiting.splice(0)) resolve();
  }
}
