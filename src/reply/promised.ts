/** A promise of the finished reply, or of what `convert` makes of its body; with those that were made before. */
export interface Promised {
  readonly convert: ((bytes: Uint8Array) => unknown) | null;
  /** `convert` keeps nothing of the bytes that it is given, so it may have those that are lent. */
  readonly looksOnly: boolean;
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly next: Promised | null;
  /** What `convert` has made of the whole body already. */
  early?: unknown;
}
