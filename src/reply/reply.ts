import { checkedAnswer, respondWith } from '../call/prepared-answer.ts';
import type { HttpRequest } from '../call/request.ts';
import type { IgnorableSslError } from '../call/tls-answers.ts';
import type { Answer } from '../message/answer.ts';
import type { NetworkRequest, Priority } from '../options/options.ts';
import { resolveRequestOptions } from '../resolve-options.ts';
import type { Bytes } from '../util/bytes.ts';
import { INSPECT, type Inspect, inspection } from '../util/inspection.ts';
import { Leavable } from '../util/leavable.ts';
import { startInMicrotask } from '../util/microtasks.ts';
import { textOf, utf8Of } from './body-text.ts';
import { showCaller } from './caller-stack.ts';
import { ChunksOfReply } from './chunks-of-reply.ts';
import { parseJson, type StandardSchema } from './consume.ts';
import { type LineOptions, lineRules, linesOf, valuesOf } from './lines.ts';
import type { Operation } from './operation.ts';
import { pipelineSource } from './pipeline-source.ts';
import { asBlob, asBytes, completionOf, promiseOf } from './promised.ts';
import { ignoreSslErrors } from './questions.ts';
import type { ReplyCore } from './reply-core.ts';
import type { ReplyOwner } from './reply-signals.ts';
import type { ReplyInit } from './reply-source.ts';
import { ReplyState } from './reply-state.ts';
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
export class NetworkReply extends ReplyState implements AsyncIterable<Bytes> {
  readonly #core: ReplyCore<NetworkReply>;
  #response: Promise<Response> | null = null;

  private constructor(init: ReplyInit<ReplyCore>) {
    super(init);
    this.#core = ReplyState.coreOf<NetworkReply>(this);
    startInMicrotask(this.#core);
  }

  /** @internal How managers make replies. @throws TypeError when the body has been used */
  static create(init: ReplyInit<ReplyCore>): NetworkReply {
    init.request.body?.claim?.();
    return new NetworkReply(init);
  }

  /** A reply with a prepared answer: for an overridden `createRequest`, or a stub in a test. A wrong one is a TypeError. */
  static from(request: HttpRequest, answer: Answer, operation: Operation = 'get'): NetworkReply {
    const checked = checkedAnswer('NetworkReply.from', answer);
    const respond = async () => respondWith(checked, request);
    return new NetworkReply({ operation, request, source: pipelineSource(respond) });
  }

  /** Unread bytes at which the network is made to wait; 0 = unlimited. */
  get readBufferSize(): number {
    return this.#core.body.bufferSize;
  }

  set readBufferSize(bytes: number) {
    this.#core.body.bufferSize = optionsWith(this, { readBufferSize: bytes }).readBufferSize;
  }

  /** Up to `size` of the bytes that are there; empty when none are. */
  read(size: number): Bytes {
    return this.#core.body.read(size) as Bytes;
  }

  /** All bytes that are there and unread. */
  readAll(): Bytes {
    return this.read(this.bytesAvailable);
  }

  /** Moves the request in its host's queue, if it still waits. A TypeError for what is no priority. */
  setPriority(priority: Priority): void {
    this.#core.setPriority(optionsWith(this, { priority }).priority);
  }

  /** In a listener of `redirected` under the policy user-verified: follow. */
  redirectAllowed(): void {
    this.#core.redirectAllowed = true;
  }

  /**
   * Goes on although certificates are wrong: whatever is wrong with those of the request's own host; in a listener of
   * `sslErrors` all that it was told; with a list, these errors of these certificates alone. Not for known HSTS hosts.
   * @throws TypeError for what is no list of errors; NetworkError where it is the platform that judges
   */
  ignoreSslErrors(errors?: readonly IgnorableSslError[]): void {
    ignoreSslErrors(this.#core, errors);
  }

  /**
   * Ends the request with operation-canceled. All signals are emitted before it returns and unread bytes are dropped.
   * Does nothing on a finished reply.
   * @param cause kept as the error's `cause`; a NetworkError is taken as the error itself
   */
  abort(cause?: unknown): void {
    this.#core.cancel(cause, true);
  }

  /** Ends the reply like `abort`; the transfer behind it goes on (a cache may be filling). */
  close(): void {
    this.#core.cancel(undefined, false);
  }

  /** The whole body. Rejects with the reply's error; for a status of 400 and above unless `throwHttpErrors` is false. */
  bytes(): Promise<Bytes> {
    return promiseOf(this.#core as ReplyCore, asBytes);
  }

  /**
   * The body as text: in the encoding of its byte order mark, else of the charset of its Content-Type, else as UTF-8.
   * Rejects like {@link bytes}, or unknown-content for more than a string can hold.
   */
  text(): Promise<string> {
    return promiseOf(this.#core as ReplyCore, textOf);
  }

  /** The body as JSON in UTF-8, checked by a Standard Schema when one is given. Rejects like {@link bytes}, or unknown-content. */
  async json<Output = unknown>(schema?: StandardSchema<Output>): Promise<Output> {
    try {
      const text = await promiseOf(this.#core as ReplyCore, utf8Of);
      return await parseJson(text, this.#core, schema);
    } catch (error) {
      showCaller(error, this.json);
      throw error;
    }
  }

  /**
   * The body as lines of text, without their ends (LF, CR or CRLF), as they arrive; leaving the loop aborts. Rejects like
   * {@link text}, also for a status of 400 and above, and with unknown-content for a line that is too long.
   */
  lines(options?: LineOptions): AsyncGenerator<string, void, undefined> {
    const chunks = this[Symbol.asyncIterator]();
    const lines = linesOf(chunks, this.#core, lineRules(options));
    return new Leavable(lines, () => void chunks.return());
  }

  /**
   * The body as JSON values, one a line (NDJSON), each checked by a Standard Schema when one is given. Rejects like
   * {@link lines}, and with unknown-content for a line that is no JSON or does not fit.
   */
  jsonLines<Output = unknown>(
    schema?: StandardSchema<Output>,
    options?: Omit<LineOptions, 'encoding'>,
  ): AsyncGenerator<Output, void, undefined> {
    const lines = this.lines({ ...options, encoding: 'utf-8' });
    return new Leavable(valuesOf(lines, this.#core, schema), () => void lines.return());
  }

  /** The body as a Blob of the response's Content-Type. Rejects like {@link bytes}. */
  blob(): Promise<Blob> {
    return promiseOf(this.#core as ReplyCore, asBlob);
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
    return completionOf(this.#core as ReplyCore) as Promise<this>;
  }

  /** The reply in short, for logs: no body and no secrets. */
  toJSON(): ReplyView {
    return viewOfReply(this, this.#core.head?.status ?? 0);
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

/** The options of a request as they would be with that one. */
function optionsWith({ request }: NetworkReply, option: Omit<NetworkRequest, 'url'>): HttpRequest['options'] {
  return resolveRequestOptions(option as NetworkRequest, request.options);
}
