import type { ByteReader, ByteStream } from '../../src/message/stream-body.ts';

/**
 * The body of a Response that may not be the platform's own: a WHATWG stream, a Node stream (node-fetch), or none at all
 * (React Native, XHR polyfills), where it arrives in one piece.
 */
export function foreignStream(response: Response): ByteStream {
  const body = response.body as ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | null | undefined;
  if (body !== null && body !== undefined && 'getReader' in body) return body;
  const chunks = body === null || body === undefined ? onePiece(response) : body;
  const source = chunks[Symbol.asyncIterator]();
  return { getReader: () => reader(source) };
}

async function* onePiece(response: Response): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(await response.arrayBuffer());
}

function reader(source: AsyncIterator<Uint8Array>): ByteReader {
  return {
    read: async () => {
      const { done, value } = await source.next();
      // A Buffer's methods differ from those of the Uint8Array that native streams deliver.
      return done === true
        ? { done, value: undefined }
        : { done: false, value: new Uint8Array(value.buffer, value.byteOffset, value.length) };
    },
    cancel: async () => {
      await source.return?.();
    },
  };
}
