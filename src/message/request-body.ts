import type { RequestBody } from './body.ts';
import { formDataBody } from './form-data.ts';

/** What can be sent. A Node Readable is an async iterable, Qt's multipart is a {@link RequestBody}. */
export type BodyInput =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | URLSearchParams
  | FormData
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array>
  | RequestBody;

/**
 * A body as the pipeline takes it. Bytes are not copied: they must not change until the reply has finished.
 *
 * @throws TypeError for anything that is no body
 */
export function toRequestBody(input: BodyInput): RequestBody {
  if (typeof input === 'string')
    return bytesRequestBody(new TextEncoder().encode(input), 'text/plain;charset=UTF-8');
  if (typeof input !== 'object' || input === null)
    throw new TypeError(`body: a ${typeof input} cannot be sent`);
  if (ArrayBuffer.isView(input))
    return bytesRequestBody(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
  if (input instanceof ArrayBuffer) return bytesRequestBody(new Uint8Array(input));
  if (input instanceof URLSearchParams) {
    const type = 'application/x-www-form-urlencoded;charset=UTF-8';
    return bytesRequestBody(new TextEncoder().encode(String(input)), type);
  }
  if (input instanceof Blob) return blobRequestBody(input);
  if (input instanceof FormData) return formDataBody(input);
  if (isRequestBody(input)) return input;
  if (input instanceof ReadableStream) return streamRequestBody(() => streamChunks(input));
  if (Symbol.asyncIterator in input || Symbol.iterator in input) return streamRequestBody(() => input);
  throw new TypeError('body: expected text, bytes, a Blob, a form or an iterable of bytes');
}

export function bytesRequestBody(bytes: Uint8Array, contentType: string | null = null): RequestBody {
  return {
    length: bytes.length,
    replayable: true,
    bytes,
    contentType,
    open: async function* () {
      if (bytes.length > 0) yield bytes;
    },
  };
}

function blobRequestBody(blob: Blob): RequestBody {
  return {
    length: blob.size,
    replayable: true,
    bytes: null,
    contentType: blob.type === '' ? null : blob.type,
    open: () => streamChunks(blob.stream()),
  };
}

/** A body that can be read once: what produces it is consumed by that. */
function streamRequestBody(
  source: () => AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>,
): RequestBody {
  let opened = false;
  return {
    length: null,
    replayable: false,
    bytes: null,
    contentType: null,
    open: () => {
      if (opened) throw new TypeError('body: a stream can be sent only once');
      opened = true;
      return checkedChunks(source());
    },
  };
}

async function* checkedChunks(
  source: AsyncIterable<Uint8Array | string> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) {
    if (typeof chunk === 'string') yield new TextEncoder().encode(chunk);
    else if (chunk instanceof Uint8Array) yield chunk;
    else throw new TypeError(`body: a stream gave ${typeof chunk} instead of bytes`);
  }
}

/** Not every engine's streams are async iterable. */
async function* streamChunks(
  stream: ReadableStream<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = stream.getReader();
  let done = false;
  try {
    for (;;) {
      const read = await reader.read();
      done = read.done;
      if (read.done) return;
      yield read.value;
    }
  } finally {
    if (!done) await reader.cancel();
  }
}

function isRequestBody(input: object): input is RequestBody {
  return 'open' in input && typeof input.open === 'function' && 'replayable' in input;
}
