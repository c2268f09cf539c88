import { HttpHeaders } from '../../../src/message/headers.ts';

/** The fields that llhttp has checked, from Node's raw list. Order and repetition are kept. */
export function receivedHeaders(raw: readonly string[]): HttpHeaders {
  const pairs = raw.slice();
  for (let i = 0; i < pairs.length; i += 2) pairs[i] = pairs[i]!.toLowerCase();
  return HttpHeaders.adopt(pairs);
}
