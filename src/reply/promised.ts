import type { ReplyCore } from './reply-core.ts';
import { errorToThrow } from './reply-error.ts';

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

/** Settles a promise of a reply that has finished. */
export function settle({ convert, looksOnly, early, resolve, reject }: Promised, core: ReplyCore): void {
  const { error, head, reply } = core;
  // The body of an error status may have a reader, so its bytes are looked at and not taken.
  const thrown = errorToThrow(error, reply.request, head, () => core.body.unread);
  if (thrown !== null) {
    reject(thrown);
    return;
  }
  try {
    const bytes = () => (looksOnly ? core.body.lookAtAll() : core.body.takeAll());
    resolve((convert === null ? reply : (early ?? convert(bytes()))) as never);
  } catch (cause) {
    reject(cause);
  }
}
