import type { RequestBody } from './body.ts';
import { type BodyInput, type BodyReaders, bodyOf, textBody } from './body-input.ts';
import { chunksOf } from './chunks-of.ts';
import { formBody } from './form-data.ts';
import { isNodeStream } from './used-source.ts';

export type { BodyInput } from './body-input.ts';

/** {@link bodyOf} where the platform reads neither Blobs nor forms by itself. */
export function toRequestBody(input: BodyInput): RequestBody {
  const body = bodyOf(input, READERS);
  hearErrors(input);
  return body;
}

/**
 * A Node stream may fail before it is read (a file that is not there), and would end the process when nobody listens. Its
 * reader is told, however late it comes.
 */
function hearErrors(input: BodyInput): void {
  if (typeof input === 'object' && isNodeStream(input)) input.on('error', () => {});
}

const READERS: BodyReaders = {
  form: (form) => formBody(form, READERS),
  chunks: chunksOf,
};

/** A value as a body of JSON. @throws TypeError for what JSON cannot say: a function, a circle, a BigInt */
export function jsonBody(value: unknown): RequestBody {
  let text: string | undefined;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (text === undefined) throw new TypeError("option 'json': JSON cannot say that", { cause });
  return textBody(text, 'application/json');
}
