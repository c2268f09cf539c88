import type { RequestBody } from '../../src/message/body.ts';
import { type BodyInput, type BodyReaders, bodyOf, type ChunkSource } from '../../src/message/body-input.ts';
import { randomBoundary } from '../../src/message/boundary.ts';
import { lazily } from '../../src/util/lazily.ts';
import { loadRare } from '../common/load-rare.ts';

/** A body in a page, whose fetch reads Blobs by itself. What encodes forms and reads chunks is loaded with the first. */
export function toPageBody(input: BodyInput): RequestBody {
  return bodyOf(input, READERS);
}

const READERS: BodyReaders = {
  form(form) {
    const boundary = randomBoundary();
    const entries = [...form];
    const blob = lazily(async () => (await loadRare()).encodeFormData(entries, boundary));
    return {
      length: null,
      replayable: true,
      bytes: null,
      contentType: `multipart/form-data; boundary=${boundary}`,
      blob,
      open: () => lateChunks(blob()),
    };
  },
  chunks: lateChunks,
};

function lateChunks(
  source: Blob | Promise<Blob> | ChunkSource,
  isSpent?: boolean,
): AsyncIterableIterator<Uint8Array> {
  const chunks = read(source, isSpent);
  return {
    next: async () => (await chunks).next(),
    return: async () => (await chunks).return!(),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function read(
  source: Blob | Promise<Blob> | ChunkSource,
  isSpent?: boolean,
): Promise<AsyncIterableIterator<Uint8Array>> {
  const { chunksOf } = await loadRare();
  return chunksOf(await source, isSpent);
}
