import type { Bytes } from '../util/bytes.ts';
import { failAtCaller } from './caller-stack.ts';
import { WHOLE } from './reply-body.ts';
import type { ReplyCore } from './reply-core.ts';
import { errorToThrow } from './reply-error.ts';
import type { ReplyFace } from './reply-signals.ts';

/** What a promise makes of the whole body of a reply. One for each kind and none for each promise, for many wait at once. */
export type Conversion<Value = unknown> = (bytes: Uint8Array, core: ReplyCore) => Value;

/** The one that keeps the bytes, so that they have to be the reader's own; others have a look at those that are lent. */
export const asBytes: Conversion<Bytes> = (bytes) => bytes as Bytes;

export const asBlob: Conversion<Blob> = (bytes, { headers }) =>
  new Blob([bytes as Bytes], { type: headers.get('content-type') ?? '' });

/** What is made of the whole body of a reply that has finished. Rejects with its error, see {@link errorToThrow}. */
export function promiseOf<Value>(core: ReplyCore, wanted: Conversion<Value>): Promise<Value> {
  try {
    if (core.hasBody || core.wanted !== null) core.body.claim(WHOLE);
  } catch (error) {
    return Promise.reject(error);
  }
  core.wanted = wanted;
  return whenOver(core).then(converted<Value>, failAtCaller);
}

/** A body is converted once, for it has one reader. */
function converted<Value>(core: ReplyCore): Value {
  const { early, body } = core;
  const convert = core.wanted as Conversion<Value>;
  return (early as Value | null) ?? convert(convert === asBytes ? body.takeAll() : body.lookAtAll(), core);
}

/** The reply when it has finished. Rejects like {@link promiseOf}. */
export function completionOf(core: ReplyCore): Promise<ReplyFace> {
  return whenOver(core).then(({ reply }) => reply, failAtCaller);
}

/** One promise for all who wait, of which each has one of its own. */
function whenOver(core: ReplyCore): Promise<ReplyCore> {
  core.over ??= new Promise((resolve) => {
    core.tellOver = resolve;
    if (core.finished) resolve(outcomeOf(core));
  });
  return core.over;
}

/** A reply that has finished, as its promises hear of it. */
export function outcomeOf(core: ReplyCore): ReplyCore | Promise<never> {
  const { error, request, head } = core;
  // The body of an error status may have a reader, so its bytes are looked at and not taken.
  const thrown = errorToThrow(error, request, head, () => core.body.unread);
  return thrown === null ? core : Promise.reject(thrown);
}
