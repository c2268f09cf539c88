import { NetworkError } from '../error.ts';
import { blobType } from './blob-type.ts';
import { type RequestBody, type RequestBodySource, requestBody } from './body.ts';
import { encodeFormData } from './form-data.ts';
import { streamChunks } from './stream-chunks.ts';

/**
 * What can be sent. Text goes as UTF-8; a Node Readable is an async iterable.
 *
 * What has a length and can be sent again (after a redirect or a 401): text, bytes, arrays of bytes, Blob, form. Streams
 * and iterables can be sent once.
 */
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
  | RequestBodySource;

/**
 * A body as the pipeline takes it. Bytes are not copied: they must not change until the reply has finished.
 *
 * Kinds are told by what they are, not by how they look, so a polluted prototype cannot turn one into another.
 *
 * @throws TypeError for anything that is no body
 */
export function toRequestBody(input: BodyInput): RequestBody {
  if (typeof input === 'string') return inMemory(encoder.encode(input), 'text/plain;charset=UTF-8');
  if (typeof input !== 'object' || input === null) throw noBody(input);
  if (ArrayBuffer.isView(input)) return inMemory(bytesOf(input));
  if (input instanceof ArrayBuffer) return inMemory(new Uint8Array(input));
  if (input instanceof URLSearchParams) {
    return inMemory(encoder.encode(String(input)), 'application/x-www-form-urlencoded;charset=UTF-8');
  }
  if (input instanceof Blob) return fromBlob(input);
  if (input instanceof FormData) return fromBlob(encodeFormData(input));
  if (requestBody in input) return input[requestBody]();
  if (typeof ReadableStream === 'function' && input instanceof ReadableStream) return fromStream(input);
  if (Array.isArray(input)) return fromChunks(input.map(toBytes));
  if (Symbol.asyncIterator in input) return once(() => input[Symbol.asyncIterator]());
  if (Symbol.iterator in input) return once(() => input[Symbol.iterator]());
  throw noBody(input);
}

const encoder = new TextEncoder();

function inMemory(bytes: Uint8Array, contentType: string | null = null): RequestBody {
  return { ...fromChunks([bytes]), bytes, contentType };
}

function fromChunks(chunks: readonly Uint8Array[]): RequestBody {
  return {
    length: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    replayable: true,
    bytes: null,
    contentType: null,
    open: async function* () {
      for (const chunk of chunks) if (chunk.length > 0) yield chunk;
    },
  };
}

function fromBlob(blob: Blob): RequestBody {
  return {
    length: blob.size,
    replayable: true,
    bytes: null,
    contentType: blobType(blob),
    blob,
    open: () => streamChunks(blob.stream()),
  };
}

function fromStream(stream: ReadableStream<Uint8Array>): RequestBody {
  if (stream.locked) throw new TypeError('body: the stream is locked, somebody else reads it');
  return once(() => streamChunks(stream));
}

function once(open: () => AsyncIterator<unknown> | Iterator<unknown>): RequestBody {
  let opened = false;
  return {
    length: null,
    replayable: false,
    bytes: null,
    contentType: null,
    open() {
      if (opened)
        throw new NetworkError('content-resend', 'the request body is a stream and cannot be sent again');
      opened = true;
      return checked(open());
    },
  };
}

/** The chunks as bytes. Not a generator, whose end would wait for the chunk that is awaited. */
function checked(chunks: AsyncIterator<unknown> | Iterator<unknown>): AsyncIterableIterator<Uint8Array> {
  return {
    async next() {
      const { done, value } = await chunks.next();
      return done === true ? { done, value: undefined } : { done: false, value: toBytes(value) };
    },
    async return() {
      await chunks.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function toBytes(chunk: unknown): Uint8Array {
  if (ArrayBuffer.isView(chunk)) return bytesOf(chunk);
  if (typeof chunk === 'string') return encoder.encode(chunk);
  throw new TypeError(`body: a chunk must be bytes or text, not ${kindOf(chunk)}`);
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  if (view instanceof Uint8Array) return view;
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function noBody(value: unknown): TypeError {
  const hint = 'expected text, bytes, a Blob, a form, a stream or an iterable of bytes';
  return new TypeError(`body: ${kindOf(value)} cannot be sent; ${hint} (JSON: JSON.stringify it)`);
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `a value of type ${typeof value}`;
}
