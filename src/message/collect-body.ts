import { NetworkError } from '../error.ts';
import { areCrumbs, concatenate } from '../util/bytes.ts';
import type { RequestBody } from './body.ts';

/**
 * The whole of a request body in memory, for platforms that cannot stream one.
 *
 * @param limit most bytes that are collected; a body that is in memory already is not measured
 * @throws NetworkError protocol-invalid-operation, capability `requestStreams`, beyond the limit
 */
export async function collectBody(body: RequestBody, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (body.bytes !== null) return body.bytes as Uint8Array<ArrayBuffer>;
  if (body.length !== null && body.length > limit) throw tooLong(limit);
  let chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body.open()) {
    length += chunk.length;
    if (length > limit) throw tooLong(limit);
    chunks.push(chunk);
    if (areCrumbs(chunks.length, length)) chunks = [concatenate(chunks)];
  }
  return concatenate(chunks);
}

function tooLong(limit: number): NetworkError {
  return new NetworkError(
    'protocol-invalid-operation',
    `the request body cannot be streamed here, and is longer than the ${limit} bytes that may be collected (maximumCollectedUpload)`,
    { capability: 'requestStreams' },
  );
}
