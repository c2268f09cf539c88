import type { RequestBody } from './body.ts';
import { type BodyInput, type BodyReaders, blobBody, bodyOf } from './body-input.ts';
import { chunksOf } from './chunks-of.ts';
import { encodeFormData } from './form-data.ts';

export type { BodyInput } from './body-input.ts';

/** {@link bodyOf} where nothing is left to the platform. */
export function toRequestBody(input: BodyInput): RequestBody {
  return bodyOf(input, READERS);
}

const READERS: BodyReaders = {
  form: (form) => blobBody(encodeFormData(form), READERS),
  chunks: chunksOf,
};
