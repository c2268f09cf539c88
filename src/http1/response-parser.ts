/*
 * How the parser works
 *
 * It is a state machine whose states are named after what comes next. `#step` takes one line or one run of content and
 * moves on; `execute` steps until the bytes are used up or a handler paused it.
 *
 *     idle ─expect→ status-line → fields ─┬─ 1xx ──→ status-line
 *                                         ├─ none ─────────────────────────────────────→ complete
 *                                         ├─ length → content ─────────────────────────→ complete
 *                                         ├─ chunked → chunk-size ⇄ chunk-content, chunk-end
 *                                         │               └─ size 0 → trailers ────────→ complete
 *                                         ├─ close → until-close ─finish→ idle, over
 *                                         └─ tunnel: the bytes belong to another protocol
 *     complete → idle, with onEnd
 *     any state ─an error, or finish→ over
 *
 * `complete` is a state of its own so that a handler which pauses at the last byte hears of the end only when it resumes.
 * `#budget` is what the section that is being read may still have in bytes: each line is charged before it is looked at,
 * so that memory and time are bounded by the limits, whatever arrives. `#remaining` counts content, which has no bound.
 */
import { NetworkError } from '../error.ts';
import { HttpHeaders } from '../message/headers.ts';
import { CR } from './characters.ts';
import { CHUNK_SIZE_DIGITS, checkBeginning, readChunkSize } from './chunk-size-line.ts';
import { readFieldLine } from './field-line.ts';
import { decodeLatin1 } from './latin1.ts';
import { LineReader } from './line-reader.ts';
import { limitExceeded, protocolFailure } from './protocol-failure.ts';
import { responseFraming } from './response-framing.ts';
import type { ResponseHandler } from './response-handler.ts';
import { DEFAULT_RESPONSE_LIMITS, type ResponseLimits } from './response-limits.ts';
import type { ExpectOptions, ResponseParserOptions } from './response-parser-options.ts';
import { BODY_STATES, STATE_AFTER_HEAD, type State } from './response-state.ts';
import { readStatusLine, type StatusLine } from './status-line.ts';

const HEAD_TOO_LARGE = 'the head is larger than our limit (responseLimits.headSize)';
const TRAILERS_TOO_LARGE = 'the trailer section is larger than our limit (responseLimits.trailerSize)';
const CHUNK_LINE_TOO_LONG =
  'a chunk size or the extensions of all chunks are longer than our limit (responseLimits.chunkExtensionSize)';
const CHUNK_UNTERMINATED = 'a chunk does not end in CRLF where its size says (RFC 9112 §7.1)';
const CRLF_SIZE = 2;
/** Empty lines that may stand between two messages. */
const MOST_STRAY_LINES = 8;
const SURPLUS = 'there are bytes after the end of the message';

/**
 * The receiving half of an HTTP/1.1 client connection (RFC 9112), without the connection: bytes go in, events come out.
 *
 * One parser serves one connection, one response after another: `expect` before each request is sent, `execute` for
 * what arrives, `finish` at its end. However the bytes are cut on their way, the events are the same, but that content
 * comes in other pieces.
 *
 * It is strict where two readers of the same bytes could disagree about where a message ends, and tolerant where they
 * cannot. What it refuses it throws as a {@link NetworkError}; the connection must be closed then.
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
  /** Empty lines that were skipped since the last status line. */
  #strayLines = 0;
  /** Bytes of content still to come, of the body or of the chunk. */
  #remaining = 0;

  constructor(handler: ResponseHandler, options: ResponseParserOptions = {}) {
    this.#handler = handler;
    this.#limits = { ...DEFAULT_RESPONSE_LIMITS, ...options.limits };
    this.#lines = new LineReader(options.latin1 ?? decodeLatin1, options.bareLineFeedAllowed === true);
  }

  /** True between two messages when the connection may carry another. False for good once it may not. */
  get reusable(): boolean {
    return this.#state === 'idle' && this.#keepAlive;
  }

  /** True after a CONNECT or an upgrade succeeded: bytes that `execute` did not consume belong to the other protocol. */
  get tunnel(): boolean {
    return this.#state === 'tunnel';
  }

  /** True when the server has begun to answer the last `expect`: a status line was read, and not only bytes. */
  get isAnswered(): boolean {
    return this.#statusLine !== null;
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
    this.#statusLine = null;
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
    const isInHead = state === 'status-line' || state === 'fields';
    if (!isInHead && !BODY_STATES.has(state)) return;
    const what = isInHead ? 'response head' : 'body';
    throw new NetworkError('remote-host-closed', `the server closed the connection before the ${what} ended`);
  }

  /** One line or one run of content. False when it takes more bytes, or an `expect`, to go on. */
  #step(): boolean {
    const lines = this.#lines;
    switch (this.#state) {
      case 'status-line':
        if (!lines.next(this.#budget, HEAD_TOO_LARGE)) return false;
        this.#budget -= lines.lineSize;
        if (this.#isStrayLine()) return true;
        this.#strayLines = 0;
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
        return this.#readBetweenMessages();
      default:
        return false;
    }
  }

  /**
   * Whether the current line is an empty one between two messages, of which some servers send one too many. It is no part
   * of the next message, and no answer: RFC 9112 §2.2 lets servers skip it before a request line, and clients (llhttp,
   * curl) do the same before a status line.
   */
  #isStrayLine(): boolean {
    const { lineStart, lineEnd } = this.#lines;
    return lineStart === lineEnd && ++this.#strayLines <= MOST_STRAY_LINES;
  }

  /** Between two messages nothing may arrive but an empty line, perhaps in two parts. */
  #readBetweenMessages(): boolean {
    const lines = this.#lines;
    const { chunk, position, limit } = lines;
    if (position === limit) return false;
    if (!lines.isWithinLine && chunk[position] !== CR) throw protocolFailure(SURPLUS);
    if (!lines.next(CRLF_SIZE, SURPLUS)) return false;
    if (!this.#isStrayLine()) throw protocolFailure(SURPLUS);
    return true;
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
    // A copy: what has grown is larger than what it holds, and V8 makes arrays that grow in the old generation (see HeadEvent).
    const pairs = this.#pairs.slice();
    const head = { status, reason, minorVersion, headers: HttpHeaders.adopt(pairs) };
    if (status < 200 && status !== 101) {
      const most = this.#limits.informationalResponses;
      if (++this.#informationalResponses > most)
        throw limitExceeded(
          `there are more than ${most} informational (1xx) responses`,
          'informationalResponses',
        );
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
    this.#state = 'idle';
    // What follows cannot be an answer, and must not become that of the next request.
    if (!this.#lines.isUsedUp) this.#keepAlive = false;
    this.#handler.onEnd(trailers, this.#keepAlive);
  }
}
