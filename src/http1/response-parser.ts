import { NetworkError } from '../error.ts';
import { HttpHeaders } from '../message/headers.ts';
import { CHUNK_SIZE_DIGITS, checkBeginning, readChunkSize } from './chunk-size-line.ts';
import { readFieldLine } from './field-line.ts';
import { decodeLatin1, type Latin1Decoder } from './latin1.ts';
import { LineReader } from './line-reader.ts';
import { protocolFailure } from './protocol-failure.ts';
import { type ResponseFraming, responseFraming } from './response-framing.ts';
import type { ResponseHandler } from './response-handler.ts';
import { DEFAULT_RESPONSE_LIMITS, type ResponseLimits } from './response-limits.ts';
import { readStatusLine, type StatusLine } from './status-line.ts';

export interface ResponseParserOptions {
  readonly limits?: Partial<ResponseLimits>;
  /**
   * A decoder that is faster than the portable one. It must take any Uint8Array, not only what `execute` is given (Node:
   * `Buffer.prototype.latin1Slice.call(bytes, start, end)`).
   */
  readonly latin1?: Latin1Decoder;
}

export interface ExpectOptions {
  /** The request asked to switch protocols: 101 is an answer. Default false: 101 is a `protocol-failure`. */
  readonly upgrade?: boolean;
}

type State =
  | 'idle'
  | 'status-line'
  | 'fields'
  | 'content'
  | 'chunk-size'
  | 'chunk-content'
  | 'chunk-end'
  | 'trailers'
  | 'until-close'
  | 'complete'
  | 'tunnel'
  | 'over';

const HEAD_TOO_LARGE = 'the head is too large';
const TRAILERS_TOO_LARGE = 'the trailer section is too large';
const CHUNK_LINE_TOO_LONG = 'a chunk size or the extensions of all chunks are too long';
const CHUNK_UNTERMINATED = 'a chunk does not end in CRLF where its size says (RFC 9112 §7.1)';
const CRLF_SIZE = 2;

/**
 * The receiving half of an HTTP/1.1 client connection (RFC 9112), without the connection: bytes go in, events come out.
 *
 * One parser serves one connection, one response after another: `expect` before each request is sent, `execute` for
 * what arrives, `finish` at its end. However the bytes are cut on their way, the events are the same, but that content
 * comes in other pieces.
 *
 * It is strict where RFC 9112 leaves a choice: line ends are CRLF, nothing is folded, nothing is repaired. What it
 * refuses it throws as a {@link NetworkError}; the connection must be closed then.
 */
export class ResponseParser {
  readonly #handler: ResponseHandler;
  readonly #limits: ResponseLimits;
  readonly #lines: LineReader;
  #state: State = 'idle';
  #paused = false;
  #keepAlive = true;
  #requestMethod = '';
  #upgrade = false;
  #statusLine: StatusLine | null = null;
  #pairs: string[] = [];
  #informationalResponses = 0;
  /** Bytes that the head or the trailer section may still have; of extensions, while chunks are read. */
  #budget = 0;
  /** Bytes of content still to come, of the body or of the chunk. */
  #remaining = 0;

  constructor(handler: ResponseHandler, options: ResponseParserOptions = {}) {
    this.#handler = handler;
    this.#limits = { ...DEFAULT_RESPONSE_LIMITS, ...options.limits };
    this.#lines = new LineReader(options.latin1 ?? decodeLatin1);
  }

  /** True between two messages when the connection may carry another. False for good once it may not. */
  get reusable(): boolean {
    return this.#state === 'idle' && this.#keepAlive;
  }

  /** True after a CONNECT or an upgrade succeeded: bytes that `execute` did not consume belong to the other protocol. */
  get tunnel(): boolean {
    return this.#state === 'tunnel';
  }

  /**
   * Prepares for the response to a request that is about to be sent.
   *
   * @throws TypeError when the connection is not {@link reusable}.
   */
  expect(requestMethod: string, { upgrade = false }: ExpectOptions = {}): void {
    if (!this.reusable) throw new TypeError('response parser: this connection cannot take another request');
    this.#requestMethod = requestMethod;
    this.#upgrade = upgrade;
    this.#informationalResponses = 0;
    this.#startHead();
  }

  /**
   * Takes `bytes[start..end)` as far as it can and returns the position after the last byte taken. That is `end`, unless
   * a handler called {@link pause}, or the connection became a {@link tunnel}.
   *
   * @throws NetworkError `protocol-failure` for what RFC 9112 forbids, what exceeds a limit, and bytes that no request
   * asked for. After that, nothing but `reusable` may be used.
   */
  execute(bytes: Uint8Array, start = 0, end = bytes.length): number {
    if (this.#state === 'over') throw new TypeError('response parser: the connection is over');
    this.#paused = false;
    this.#lines.feed(bytes, start, end);
    try {
      while (!this.#paused && this.#step());
    } catch (error) {
      this.#state = 'over';
      throw error;
    }
    return this.#lines.position;
  }

  /**
   * Makes `execute` return after the callback that is running. The rest of its bytes must be given to the next
   * `execute`, which resumes; with no bytes left it must be called all the same, for the end may be due.
   */
  pause(): void {
    this.#paused = true;
  }

  /**
   * The peer closed its side, and everything that it sent was consumed by `execute`. Ends a body that is delimited by
   * that; says nothing between two messages.
   *
   * @throws NetworkError `remote-host-closed` when the message is not complete.
   */
  finish(): void {
    const state = this.#state;
    if (state === 'complete' || state === 'until-close') {
      this.#keepAlive = false;
      this.#end();
    }
    this.#state = 'over';
    if (state === 'status-line' || state === 'fields') {
      throw new NetworkError(
        'remote-host-closed',
        'the server closed the connection before the response head ended',
      );
    }
    if (BODY_STATES.has(state)) {
      throw new NetworkError('remote-host-closed', 'the server closed the connection before the body ended');
    }
  }

  /** One line or one run of content. False when it takes more bytes, or an `expect`, to go on. */
  #step(): boolean {
    const lines = this.#lines;
    switch (this.#state) {
      case 'status-line':
        if (!lines.next(this.#budget, HEAD_TOO_LARGE)) return false;
        this.#budget -= lines.lineSize;
        this.#statusLine = readStatusLine(lines, this.#limits.reasonSize);
        this.#state = 'fields';
        return true;
      case 'fields':
        if (!this.#readFields(HEAD_TOO_LARGE)) return false;
        this.#endHead(this.#statusLine!);
        return true;
      case 'content':
        return this.#takeContent('complete');
      case 'chunk-size':
        return this.#readChunkSize();
      case 'chunk-content':
        return this.#takeContent('chunk-end');
      case 'chunk-end':
        if (!lines.next(CRLF_SIZE, CHUNK_UNTERMINATED)) return false;
        this.#state = 'chunk-size';
        return true;
      case 'trailers':
        if (!this.#readFields(TRAILERS_TOO_LARGE)) return false;
        this.#state = 'complete';
        return true;
      case 'until-close':
        this.#remaining = lines.limit - lines.position;
        return this.#takeContent('until-close');
      case 'complete':
        this.#end();
        return true;
      case 'idle':
        if (lines.position === lines.limit) return false;
        throw protocolFailure('there are bytes after the end of the message');
      default:
        return false;
    }
  }

  /** True when the empty line that ends a section was reached. */
  #readFields(tooLarge: string): boolean {
    const lines = this.#lines;
    while (lines.next(this.#budget, tooLarge)) {
      this.#budget -= lines.lineSize;
      if (lines.lineEnd === lines.lineStart) return true;
      readFieldLine(lines, this.#limits, this.#pairs);
    }
    return false;
  }

  #startHead(): void {
    this.#pairs = [];
    this.#budget = this.#limits.headSize;
    this.#state = 'status-line';
  }

  #endHead(statusLine: StatusLine): void {
    const { status, reason, minorVersion } = statusLine;
    const pairs = this.#pairs;
    const head = { status, reason, minorVersion, headers: HttpHeaders.adopt(pairs) };
    if (status < 200 && status !== 101) {
      if (++this.#informationalResponses > this.#limits.informationalResponses) {
        throw protocolFailure('there are too many informational (1xx) responses');
      }
      this.#startHead();
      this.#handler.onInformational(head);
      return;
    }
    if (status === 101 && !this.#upgrade)
      throw protocolFailure('it switches protocols (101) without being asked');
    const framing = responseFraming(this.#requestMethod, statusLine, pairs);
    this.#pairs = [];
    this.#keepAlive = framing.keepAlive;
    this.#remaining = framing.length ?? 0;
    this.#budget = this.#limits.chunkExtensionSize;
    this.#state = STATE_AFTER_HEAD[framing.kind];
    this.#handler.onHead(head, framing);
  }

  #readChunkSize(): boolean {
    const lines = this.#lines;
    checkBeginning(lines);
    if (!lines.next(this.#budget + CHUNK_SIZE_DIGITS + CRLF_SIZE, CHUNK_LINE_TOO_LONG)) return false;
    const { size, extensionSize } = readChunkSize(lines);
    if (extensionSize > this.#budget) throw protocolFailure(CHUNK_LINE_TOO_LONG);
    this.#budget -= extensionSize;
    this.#remaining = size;
    this.#state = 'chunk-content';
    if (size === 0) {
      this.#budget = this.#limits.trailerSize;
      this.#state = 'trailers';
    }
    return true;
  }

  #takeContent(next: State): boolean {
    const lines = this.#lines;
    const { chunk, position, limit } = lines;
    const size = Math.min(limit - position, this.#remaining);
    if (size === 0) return false;
    lines.position = position + size;
    this.#remaining -= size;
    if (this.#remaining === 0) this.#state = next;
    this.#handler.onData(size === chunk.length ? chunk : chunk.subarray(position, position + size));
    return true;
  }

  #end(): void {
    const trailers = this.#pairs.length === 0 ? null : HttpHeaders.adopt(this.#pairs);
    // What follows cannot be an answer: whoever gets this connection next must not read it as one.
    if (this.#lines.position < this.#lines.limit) this.#keepAlive = false;
    this.#state = 'idle';
    this.#handler.onEnd(trailers, this.#keepAlive);
  }
}

const BODY_STATES: ReadonlySet<State> = new Set([
  'content',
  'chunk-size',
  'chunk-content',
  'chunk-end',
  'trailers',
]);

const STATE_AFTER_HEAD: Readonly<Record<ResponseFraming['kind'], State>> = {
  none: 'complete',
  length: 'content',
  chunked: 'chunk-size',
  close: 'until-close',
  tunnel: 'tunnel',
};
