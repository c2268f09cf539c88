import type { Hop } from '../call/reply-event.ts';
import type { HttpRequest } from '../call/request.ts';
import type { Timings } from '../call/timings.ts';
import type { NetworkError } from '../error.ts';
import type { ConnectionSecurity } from '../message/connection-security.ts';
import type { HttpHeaders } from '../message/headers.ts';
import { Signals } from '../signals.ts';
import type { Operation } from './operation.ts';
import { securityOf } from './questions.ts';
import { ReplyCore } from './reply-core.ts';
import { REPLY_SIGNALS, type ReplySignals } from './reply-signals.ts';
import type { ReplyInit } from './reply-source.ts';

/** What can be seen of a reply at any time: the answer as far as it has come. */
export abstract class ReplyState extends Signals<ReplySignals> {
  /** The kind of request: `get`, `post` …, `custom` for other verbs. Qt: `operation()`. */
  declare readonly operation: Operation;
  /** The request that was made, after the manager's defaults; it does not change with redirects. */
  declare readonly request: HttpRequest;
  readonly #core: ReplyCore<this>;

  /** @internal */
  protected constructor(init: ReplyInit<ReplyCore>) {
    super(REPLY_SIGNALS);
    this.operation = init.operation;
    this.request = init.request;
    this.#core = new ReplyCore<this>(this, init.source, init.underWay);
  }

  /** @internal What the state is of. */
  static coreOf<Reply extends ReplyState>(reply: Reply): ReplyCore<Reply> {
    return reply.#core;
  }

  /** The URL that answered, or will: it changes with every redirect. */
  get url(): string {
    return this.#core.url;
  }

  /** HTTP status, 0 until a head is there (which is told once, but for production) and for schemes without one. */
  get status(): number {
    return statusFor('status', this.#core);
  }

  /**
   * No error so far, and a status from 200 to 299 where the scheme has one. False until a head is there, of which
   * {@link status} says more.
   */
  get ok(): boolean {
    const status = statusFor('ok', this.#core);
    const isGood = status === 0 ? this.#core.final !== null : status >= 200 && status < 300;
    return isGood && this.error === null;
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
    return REDIRECTS.has(this.#core.head?.status ?? 0) ? this.headers.get('location') : null;
  }

  /** The redirect responses on the way here, oldest first. */
  get hops(): readonly Hop[] {
    return this.#core.hops;
  }

  /** How often the request was sent, redirects apart: 1, and one more for each `retrying`. */
  get attempts(): number {
    return this.#core.attempts;
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
}

/** Statuses with a Location to follow, 305 left out as in Qt. */
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** @param name under which it was asked for: too early, most often by who takes a reply for a promise */
function statusFor(
  name: string,
  { head, finished, source }: Pick<ReplyCore, 'head' | 'finished' | 'source'>,
): number {
  if (head === null && !finished) source.tellEarlyRead?.(name);
  return head?.status ?? 0;
}
