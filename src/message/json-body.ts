import type { RequestBody } from './body.ts';
import { toRequestBody } from './request-body.ts';

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
  return { ...toRequestBody(text), contentType: 'application/json' };
}
