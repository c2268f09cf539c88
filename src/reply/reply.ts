import type { Hop } from '../call/reply-event.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Timings } from '../call/timings.ts';
import type { NetworkError } from '../error.ts';
import type { ConnectionSecurity } from '../message/connection-security.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { NetworkRequest, Priority } from '../options/options.ts';
import { resolveRequestOptions } from '../resolve-options.ts';
import { Signals } from '../signals.ts';
import type { Bytes } from '../util/bytes.ts';
import { INSPECT, type Inspect, inspection } from '../util/inspection.ts';
import { startInMicrotask } from '../util/start-in-microtask.ts';
import { showCaller, tracedToCaller } from './caller-stack.ts';
import { ChunksOfReply } from './chunks-of-reply.ts';
import { parseJson, type StandardSchema } from './consume.ts';
import type { Operation } from './operation.ts';
import { pipelineSource } from './pipeline-source.ts';
import { type Answer, checkedAnswer, respondWith } from './prepared-answer.ts';
import { securityOf } from './questions.ts';
import { ReplyCore } from './reply-core.ts';
import { REPLY_SIGNALS, type ReplyOwner, type ReplySignals } from './reply-signals.ts';
import type { ReplyInit } from './reply-source.ts';
import { type ReplyView, viewOfReply } from './reply-view.ts';
import { responseOf } from './response-of.ts';

/**
 * The answer to one request, from the moment it is asked for: an emitter of Qt's signals, a device that is read the Qt
 * way, an async iterable, and a handful of promises. It is not thenable.
 *
 * The body has one reader: `read`/`readAll`, iteration, `response.body` or one of the helpers; a second one is a
 * TypeError. A promise is made only when it is asked for, so a program that only listens never meets an unhandled rejection.
 *
 * Qt: https://doc.qt.io/qt-6/qnetworkreply.html
 */
export class NetworkReply extends Signals<ReplySignals> implements AsyncIterable<Bytes> {
  /** The kind of request: `get`, `post` …, `custom` for other verbs. Qt: `operation()`. */
  declare readonly operation: Operation;
  /** The request that was made, after the manager's defaults; it does not change with redirects. */
  declare readonly request: HttpRequest;
  readonly #core: ReplyCore<NetworkReply>;
  #response: Promise<Response> | null = null;

  private constructor(init: ReplyInit<ReplyCore>) {
    super(REPLY_SIGNALS);
    this.operation = init.operation;
    this.request = init.request;
    this.#core = new ReplyCore<NetworkReply>(this, init.source, init.underWay);
    startInMicrotask(this.#core);
  }

  /** @internal How managers make replies. @throws TypeError when the body has been used */
  static create(init: ReplyInit<ReplyCore>): NetworkReply {
    init.request.body?.claim?.();
    return new NetworkReply(init);
  }

  /** A reply with a prepared answer: for an overridden `createRequest`, or a stub in a test. A wrong one is a TypeError. */
  static from(request: HttpRequest, answer: Answer, operation: Operation = 'get'): NetworkReply {
    const checked = checkedAnswer(answer);
    const respond = async () => respondWith(checked, request);
    return new NetworkReply({ operation, request, source: pipelineSource(respond) });
  }

  /** The URL that answered, or will: it changes with every redirect. */
  get url(): string {
    return this.#core.url;
  }

  /** HTTP status, 0 until a head is there and for schemes without one. */
  get status(): number {
    return this.#core.head?.status ?? 0;
  }

  /** The reason phrase, empty over HTTP/2 and until a head is there. Qt: HttpReasonPhraseAttribute. */
  get reason(): string {
    return this.#core.head?.reason ?? '';
  }

  /** Fields of the response that is there, which may be a redirect; empty before. */
  get headers(): HttpHeaders {
    return this.#core.headers;
  }

  /** Trailer fields, once finished; null when there were none or the platform hides them. */
  get trailers(): HttpHeaders | null {
    return this.#core.trailers;
  }

  /** `'1.0' | '1.1' | '2'`, empty where the platform does not tell. */
  get httpVersion(): string {
    return this.#core.final?.httpVersion ?? '';
  }

  /** Qt: Http2WasUsedAttribute. */
  get http2WasUsed(): boolean {
    return this.httpVersion === '2';
  }

  /** What TLS has agreed on, from the signal `encrypted` on; null before, and in cleartext. A page and a cache know little. */
  get sslConfiguration(): ConnectionSecurity | null {
    return securityOf(this.#core);
  }

  /** Qt: ConnectionEncryptedAttribute. */
  get connectionEncrypted(): boolean {
    return (this.#core.final?.security ?? null) !== null;
  }

  /** Qt: SourceIsFromCacheAttribute; true for a revalidated answer, too. */
  get sourceIsFromCache(): boolean {
    return this.source !== 'network';
  }

  /** Where the body comes from; `revalidated`: from the cache, after the server has confirmed it. */
  get source(): 'network' | 'cache' | 'revalidated' {
    return this.#core.final?.source ?? 'network';
  }

  /** `Cache-Status` of our cache (RFC 9211), null when none was asked. */
  get cacheStatus(): string | null {
    return this.#core.final?.cacheStatus ?? null;
  }

  /** Content-Length as it was on the wire, −1 when unknown. Qt: OriginalContentLengthAttribute. */
  get originalContentLength(): number {
    return this.#core.final?.originalContentLength ?? -1;
  }

  /** Location of a redirect that was not followed, as it was sent. Qt: RedirectionTargetAttribute. */
  get redirectionTarget(): string | null {
    return REDIRECTS.has(this.status) ? this.headers.get('location') : null;
  }

  /** The redirect responses on the way here, oldest first. */
  get hops(): readonly Hop[] {
    return this.#core.hops;
  }

  /** When each phase was reached; null before the request has started, and where nothing measures them. */
  get timings(): Timings | null {
    return this.#core.timings;
  }

  /** What went wrong, or null. A status of 400 and above is an error, too, whatever `throwHttpErrors` says. */
  get error(): NetworkError | null {
    return this.#core.error;
  }

  /** True until `finished` is emitted, in the queue, too. */
  get isRunning(): boolean {
    return !this.#core.finished;
  }

  /** True once all signals have been emitted and no more bytes will come. */
  get isFinished(): boolean {
    return this.#core.finished;
  }

  /** Bytes that have arrived and are unread. */
  get bytesAvailable(): number {
    return this.#core.body.available;
  }

  /** Unread bytes at which the network is made to wait; 0 = unlimited. */
  get readBufferSize(): number {
    return this.#core.body.bufferSize;
  }

  set readBufferSize(bytes: number) {
    this.#core.body.bufferSize = this.#with({ readBufferSize: bytes }).readBufferSize;
  }

  /** Up to `size` of the bytes that are there; empty when none are. */
  read(size: number): Bytes {
    return this.#core.body.read(size) as Bytes;
  }

  /** All bytes that are there and unread. */
  readAll(): Bytes {
    return this.read(this.bytesAvailable);
  }

  /**
   * Moves the request in its host's queue, if it still waits.
   * @throws TypeError for what is no priority
   */
  setPriority(priority: Priority): void {
    this.#core.setPriority(this.#with({ priority }).priority);
  }

  /** The options of the request as they would be with that one. */
  #with(option: Omit<NetworkRequest, 'url'>): HttpRequest['options'] {
    return resolveRequestOptions(option as NetworkRequest, this.request.options);
  }

  /** In a listener of `redirected` under the policy user-verified: follow. */
  redirectAllowed(): void {
    this.#core.redirectAllowed = true;
  }

  /**
   * Ends the request with operation-canceled. All signals are emitted before it returns and unread bytes are dropped.
   * Does nothing on a finished reply.
   * @param cause kept as the error's `cause`; a NetworkError is taken as the error itself
   */
  abort(cause?: unknown): void {
    this.#core.cancel(cause, true);
  }

  /** Ends the reply like `abort`, but lets the transfer go on behind it (a cache may be filling). */
  close(): void {
    this.#core.cancel(undefined, false);
  }

  /** The whole body. Rejects with the reply's error; for a status of 400 and above unless `throwHttpErrors` is false. */
  bytes(): Promise<Bytes> {
    return tracedToCaller(this.#core.promise((bytes) => bytes as Bytes));
  }

  /** The body as UTF-8. Rejects like {@link bytes}. */
  text(): Promise<string> {
    return tracedToCaller(this.#core.promise(this.#core.decodeText, true));
  }

  /** The body as JSON, checked by a Standard Schema when one is given. Rejects like {@link bytes}, or unknown-content. */
  async json<Output = unknown>(schema?: StandardSchema<Output>): Promise<Output> {
    try {
      const text = await this.#core.promise(this.#core.decodeText, true);
      return await parseJson(text, { request: this.request, url: this.url, head: this.#core.head }, schema);
    } catch (error) {
      showCaller(error, this.json);
      throw error;
    }
  }

  /** The body as a Blob of the response's Content-Type. Rejects like {@link bytes}. */
  blob(): Promise<Blob> {
    const toBlob = (bytes: Uint8Array): Blob =>
      new Blob([bytes as Bytes], { type: this.headers.get('content-type') ?? '' });
    return tracedToCaller(this.#core.promise(toBlob, true));
  }

  /**
   * A WHATWG Response as soon as the head is there, for every status. The body is claimed by the first read of
   * `response.body`. Rejects when the request fails before.
   */
  get response(): Promise<Response> {
    this.#response ??= this.toResponse(true);
    return this.#response;
  }

  /** Resolves with the reply when it has finished without error (see {@link bytes} for statuses); rejects otherwise. */
  get completed(): Promise<this> {
    return tracedToCaller(this.#core.promise<this>(null));
  }

  /** The reply in short, for logs: no body and no secrets. */
  toJSON(): ReplyView {
    return viewOfReply(this);
  }

  /** @internal `console.log` in Node and Bun. */
  [INSPECT](depth: number, options: object, inspect?: Inspect): unknown {
    return inspection(this, depth, options, inspect);
  }

  /** Chunks as they arrive; leaving the loop aborts. Throws when the transfer fails, but not for a status. */
  [Symbol.asyncIterator](): AsyncGenerator<Bytes, void, undefined> {
    return new ChunksOfReply(this.#core.body, () => this.abort());
  }

  /** @internal A new Response. @param isHeld the reply holds on to it */
  toResponse(isHeld = false): Promise<Response> {
    return responseOf(this, this.#core as ReplyCore, isHeld);
  }

  /** @internal The body has, or had, a reader. */
  get isBodyClaimed(): boolean {
    return this.#core.isBodyClaimed;
  }

  /** @internal */
  override inContext<Value>(run: () => Value): Value {
    return this.#core.inContext(run);
  }

  /** @internal Connects the reply to its manager's signals. */
  attach(owner: ReplyOwner<NetworkReply>): this {
    this.#core.owner = owner;
    return this;
  }
}

/** Statuses with a Location to follow, 305 left out as in Qt. */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
