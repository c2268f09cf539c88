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

/**
 * Converts a body that came in one piece from where it lies, if whoever waits for it only looks at it: the text of a small
 * response, or of one that a cache has in memory, costs no copy of its bytes.
 */
export function convertEarly(promises: Promised | null, whole: Uint8Array): boolean {
  for (let one = promises; one !== null; one = one.next) {
    if (one.convert === null || !one.looksOnly) continue;
    one.early = one.convert(whole);
    return true;
  }
  return false;
}

/** Settles one: with `error`, or else with the reply, or what it is converted to. */
export function settle(
  promised: Promised,
  reply: unknown,
  error: Error | null,
  takeBody: () => Uint8Array,
): void {
  const { convert, early, resolve, reject } = promised;
  if (error !== null) {
    reject(error);
    return;
  }
  try {
    resolve((convert === null ? reply : (early ?? convert(takeBody()))) as never);
  } catch (cause) {
    reject(cause);
  }
}
