import type { NetworkError } from '../error.ts';
import { areCrumbs, type Bytes, concatenate, copyBytes } from '../util/bytes.ts';
import type { ResponseBody } from './body.ts';

/** Bytes of one body that wait in memory, or are collected there, when `maximumBodySize` says nothing. */
export const COLLECTED_LIMIT = 256 * 1024 * 1024;

/**
 * The whole of a response body in memory.
 * @param tooLarge the error for a body of more bytes than `limit`
 */
export function collectResponse(
  body: ResponseBody,
  limit: number,
  tooLarge: () => NetworkError,
): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    let chunks: Uint8Array[] = [];
    let length = 0;
    body.start({
      data(chunk, lent) {
        length += chunk.length;
        if (length > limit) {
          const error = tooLarge();
          body.cancel(error);
          reject(error);
          return;
        }
        chunks.push(lent ? copyBytes(chunk) : chunk);
        if (areCrumbs(chunks.length, length)) chunks = [concatenate(chunks)];
      },
      end: () => resolve(concatenate(chunks)),
      fail: reject,
    });
  });
}
