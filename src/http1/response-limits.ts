/** What a server may make the parser keep or walk through. Anything above is a `protocol-failure`. */
export interface ResponseLimits {
  /**
   * Fields in one head, and in one trailer section. Default 2000, as node:http. Qt takes 100, which a server with many
   * cookies or a long Content-Security-Policy exceeds.
   */
  readonly fields: number;
  /** Bytes of one field, name and value together. Default 100 KiB, as Qt. */
  readonly fieldSize: number;
  /** Bytes of one head, from the status line to the empty line. Default 256 KiB, as Qt. */
  readonly headSize: number;
  /** Bytes of the reason phrase. Default 1024, as Qt. */
  readonly reasonSize: number;
  /** Informational (1xx) responses before the final one. Default 20. */
  readonly informationalResponses: number;
  /** Bytes of the trailer section. Default 64 KiB. */
  readonly trailerSize: number;
  /** Bytes of all chunk extensions of one body together; they are skipped, never kept. Default 16 KiB. */
  readonly chunkExtensionSize: number;
}

export const DEFAULT_RESPONSE_LIMITS: ResponseLimits = {
  fields: 2000,
  fieldSize: 100 * 1024,
  headSize: 256 * 1024,
  reasonSize: 1024,
  informationalResponses: 20,
  trailerSize: 64 * 1024,
  chunkExtensionSize: 16 * 1024,
};
