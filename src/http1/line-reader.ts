import { CR, LF, textEnd } from './characters.ts';
import type { Latin1Decoder } from './latin1.ts';
import { protocolFailure } from './protocol-failure.ts';

/**
 * How much is decoded to text at once. Field values are cut from that text, and engines keep the whole text alive as
 * long as one cut of it lives: this is the most that a value in a cookie jar can hold on to.
 */
const WINDOW_SIZE = 512;

/** A carry that grew larger than this for one line is not kept for the next. */
const KEPT_CARRY_SIZE = 4096;

/**
 * Cuts what arrives into lines. Everything in HTTP/1.1 but content is lines, and no line is looked at before it is
 * complete: so how the bytes were split on their way changes nothing. A line within one chunk is read in place, only one
 * that crosses chunks is copied.
 */
export class LineReader {
  /** Where the current line is: `bytes[lineStart..lineEnd)`, without its CRLF. Valid until the next call. */
  bytes: Uint8Array;
  lineStart = 0;
  lineEnd = 0;
  /** True when all bytes of the current line are text: no CR, NUL or other control but HTAB. */
  isText = true;
  /** What is left of the chunk: `chunk[position..limit)`. Content is taken from here by moving `position`. */
  chunk: Uint8Array;
  position = 0;
  limit = 0;
  readonly #latin1: Latin1Decoder;
  readonly #bareLf: boolean;
  #carry: Uint8Array = new Uint8Array(0);
  #carried = 0;
  #window = '';
  #windowStart = 0;
  #windowEnd = 0;

  /** @param bareLf a line may end in LF alone */
  constructor(latin1: Latin1Decoder, bareLf = false) {
    this.#latin1 = latin1;
    this.#bareLf = bareLf;
    this.bytes = this.#carry;
    this.chunk = this.#carry;
  }

  /** Takes the next chunk. The one before must have been read to its end or given up. */
  feed(chunk: Uint8Array, start: number, end: number): void {
    this.chunk = chunk;
    this.position = start;
    this.limit = end;
    this.#windowEnd = -1;
  }

  /**
   * Moves to the next line. False when it is not complete yet.
   *
   * A bare LF does not end a line, unless that was asked for: RFC 9112 §2.2 says that a recipient MAY recognise it, and
   * the difference between those who do and those who do not is what smuggling is made of.
   *
   * @param budget at most so many bytes, CRLF included; `tooLong` is the reason given when there are more.
   */
  next(budget: number, tooLong: string): boolean {
    const start = this.position;
    const stop = textEnd(this.chunk, start, this.limit);
    const end = stop + 2;
    const isPlain = end <= this.limit && this.chunk[stop] === CR && this.chunk[stop + 1] === LF;
    if (!isPlain || this.#carried > 0) return this.#nextOfParts(stop, budget, tooLong);
    if (end - start > budget) throw protocolFailure(tooLong);
    this.bytes = this.chunk;
    this.lineStart = start;
    this.lineEnd = stop;
    this.isText = true;
    this.position = end;
    return true;
  }

  /** The general case: the line began in an earlier chunk, ends in a later one, or has bytes that are no text. */
  #nextOfParts(from: number, budget: number, tooLong: string): boolean {
    const { chunk, limit, position: start } = this;
    let end = from;
    while (end < limit && chunk[end] !== LF) end++;
    const complete = end < limit;
    if (complete) end++;
    if (this.#carried + end - start > budget) throw protocolFailure(tooLong);
    this.position = end;
    if (this.#carried > 0 || !complete) this.#append(start, end);
    if (!complete) return false;
    const inPlace = this.#carried === 0;
    this.bytes = inPlace ? chunk : this.#carry;
    this.lineStart = inPlace ? start : 0;
    this.lineEnd = (inPlace ? end : this.#carried) - 2;
    this.#carried = 0;
    if (this.#carry.length > KEPT_CARRY_SIZE) this.#carry = new Uint8Array(0);
    if (this.lineEnd < this.lineStart || this.bytes[this.lineEnd] !== CR) {
      if (!this.#bareLf) throw protocolFailure('a line ends in LF without CR (RFC 9112 §2.2)');
      this.lineEnd++;
    }
    this.isText = textEnd(this.bytes, this.lineStart, this.lineEnd) === this.lineEnd;
    return true;
  }

  /** What has arrived of a line that is not complete. Valid until the next call. */
  get unfinished(): Uint8Array {
    return this.#carry.subarray(0, this.#carried);
  }

  /** Nothing is left of the chunk, or an empty line. */
  get isUsedUp(): boolean {
    const { chunk, position, limit } = this;
    return (
      position === limit || (position + 2 === limit && chunk[position] === CR && chunk[position + 1] === LF)
    );
  }

  /** A line has begun in an earlier chunk and is not complete. */
  get isWithinLine(): boolean {
    return this.#carried > 0;
  }

  /** Bytes of the current line, its CRLF included. */
  get lineSize(): number {
    return this.lineEnd - this.lineStart + 2;
  }

  /** A part of the current line as text. */
  text(start: number, end: number): string {
    if (this.bytes !== this.chunk) return this.#latin1(this.bytes, start, end);
    if (end > this.#windowEnd) {
      if (end - start > WINDOW_SIZE) return this.#latin1(this.bytes, start, end);
      this.#windowStart = start;
      this.#windowEnd = Math.min(start + WINDOW_SIZE, this.limit);
      this.#window = this.#latin1(this.bytes, start, this.#windowEnd);
    }
    return this.#window.slice(start - this.#windowStart, end - this.#windowStart);
  }

  #append(start: number, end: number): void {
    const size = this.#carried + end - start;
    if (size > this.#carry.length) {
      const larger = new Uint8Array(Math.max(256, size * 2));
      larger.set(this.#carry.subarray(0, this.#carried));
      this.#carry = larger;
    }
    this.#carry.set(this.chunk.subarray(start, end), this.#carried);
    this.#carried = size;
  }
}
