import type { HttpResponse } from '../../call/response.ts';

/**
 * What is remembered of a stored response beside its bytes: plain data that JSON and structured clone keep. A change of
 * shape needs a new {@link METADATA_VERSION}.
 */
export interface ResponseMetadata {
  /** Of this shape: what has another one is not used. */
  readonly version: typeof METADATA_VERSION;
  /** Without fragment and userinfo. */
  readonly url: string;
  /** The code of three digits that is given again. */
  readonly status: number;
  /** The words behind the status. */
  readonly reason: string;
  /** That over which it came: `'1.1'`, `'2'`, or empty. */
  readonly httpVersion: string;
  /** `[name, value, …]`, names lower-case, without the fields that belong to one connection. */
  readonly headers: readonly string[];
  /** `[name, value or null, …]`: the request fields that `Vary` names, normalised; of secrets a digest. */
  readonly selecting: readonly (string | null)[];
  /** A digest of the credentials of the request; empty when it had none. */
  readonly credentials: string;
  /** Epoch milliseconds when the request left and when the head arrived: of the last validation, if there was one. */
  readonly requestTime: number;
  /** Epoch milliseconds when the head arrived. */
  readonly responseTime: number;
  /** It came over TLS. */
  readonly encrypted: boolean;
  /** Which part of the representation the body is, or null for all of it. */
  readonly part: StoredPart | null;
  /** What the platform left of the message. */
  readonly fidelity: Fidelity;
  /** Known not to be current any more (RFC 9111 §4.3.5): stale whatever its fields say, and a validator all the same. */
  readonly outdated?: true;
}

export const METADATA_VERSION = 1;

/** Bytes `first` to `first + stored length − 1` of a representation of `total` bytes. */
export interface StoredPart {
  /** Position of the first stored byte, from 0. */
  readonly first: number;
  /** Bytes of the whole representation. */
  readonly total: number;
}

/** What the platform left of the message; of a `filtered` one `Vary`, `Age`, `Date` and `ETag` may be missing. */
export type Fidelity = NonNullable<HttpResponse['fidelity']>;

/** One stored response as a cache finds it: its metadata and how to reach its bytes. */
export interface StoredResponse {
  /** All that is remembered beside the bytes. */
  readonly metadata: ResponseMetadata;
  /** Bytes of the stored body; −1 while it is still arriving and its length is not known. */
  readonly length: number;
}
