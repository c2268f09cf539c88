import type { Latin1Decoder } from './latin1.ts';
import type { ResponseLimits } from './response-limits.ts';

export interface ResponseParserOptions {
  readonly limits?: Partial<ResponseLimits>;
  /**
   * A decoder that is faster than the portable one. It must take any Uint8Array, not only what `execute` is given (Node:
   * `Buffer.prototype.latin1Slice.call(bytes, start, end)`).
   */
  readonly latin1?: Latin1Decoder;
  /** A line may end in LF without CR (RFC 9112 §2.2). Default false. */
  readonly bareLineFeedAllowed?: boolean;
}

export interface ExpectOptions {
  /** The request asked to switch protocols: 101 is an answer. Default false: 101 is a `protocol-failure`. */
  readonly upgrade?: boolean;
}
