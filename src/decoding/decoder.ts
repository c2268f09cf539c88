/** Content codings that may be decoded, by their registered names (RFC 9110 §8.4.1, RFC 7932, RFC 8878). */
export type Coding = 'zstd' | 'br' | 'gzip' | 'deflate';

/** What a decoder takes. Senders disagree about `deflate`: by the book it is zlib's format, some send it bare. */
export type Format = Coding | 'deflate-raw';

/** What a platform can decode. */
export interface Decoders {
  /** In the order of preference in which they are offered to servers. */
  readonly codings: readonly Coding[];
  /**
   * Decodes what is complete and small, without the cost of a stream.
   * @returns null when the result would be longer than `limit` bytes, or the input breaks off
   * @throws when the input is malformed
   */
  decodeWhole(format: Format, bytes: Uint8Array, limit: number): Uint8Array | null;
  create(format: Format, sink: DecoderSink): Decoder;
}

/** Decodes one body. */
export interface Decoder {
  /** Takes a chunk, which must not change any more. False: it wants no more until the sink hears `drained`. */
  write(chunk: Uint8Array): boolean;
  /**
   * The input is complete.
   *
   * @param isWhole HTTP says that nothing of it is missing. Then a sender may have left out what ends the format (the
   * trailer of gzip or zlib, the last block behind a flush): all that it had to say is there. Data that break off in the
   * middle are `broken` all the same.
   */
  end(isWhole: boolean): void;
  /** Stops the output, and soon thereby the input. */
  pause(): void;
  resume(): void;
  /** Gives up. The sink hears nothing more. */
  destroy(): void;
}

/** Where a {@link Decoder} tells what it does, in turns of its own: never from inside `write` or `end`. */
export interface DecoderSink {
  decoded(chunk: Uint8Array): void;
  /** It takes more input again. */
  drained(): void;
  /** The output is complete, perhaps before the input. */
  finished(): void;
  /** The input is malformed or truncated. */
  broken(cause: unknown): void;
}
