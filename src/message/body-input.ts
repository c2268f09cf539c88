import { brandOf, isBlob } from '../util/brand.ts';
import { encodeUtf8 } from '../util/bytes.ts';
import { blobType } from './blob-type.ts';
import { type RequestBody, type RequestBodySource, requestBody } from './body.ts';
import { isStream, toBytes } from './to-bytes.ts';
import { claimSource, refuseUsed } from './used-source.ts';

/**
 * What can be sent. Text goes as UTF-8; a Node Readable is an async iterable.
 *
 * What has a length and can be sent again (after a redirect or a 401): text, bytes, arrays of bytes, Blob, form. Streams and
 * iterables can be sent once.
 */
export type BodyInput =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | URLSearchParams
  | FormData
  | ChunkSource
  | RequestBodySource;

/** What gives its bytes chunk by chunk. */
export type ChunkSource =
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array>;

/** How a platform reads the kinds of bodies that are not in memory. */
export interface BodyReaders {
  /** A form as multipart/form-data. */
  form(form: FormData): RequestBody;
  /**
   * Ending the iteration early releases the source at once, even while a chunk is awaited.
   * @param isSpent the source has been read, and can be read once: content-resend
   */
  chunks(source: Blob | ChunkSource, isSpent?: boolean): AsyncIterable<Uint8Array>;
}

/**
 * A body as the pipeline takes it. Bytes are not copied: they must not change until the reply has finished.
 *
 * Kinds are told by what they call themselves, so that those of a frame, another realm or a library's copy of the classes are
 * taken; what a polluted Object.prototype says counts for none.
 *
 * @throws TypeError for anything that is no body
 */
export function bodyOf(input: BodyInput, readers: BodyReaders): RequestBody {
  if (typeof input === 'string') return textBody(input, 'text/plain;charset=UTF-8');
  if (typeof input !== 'object' || input === null) throw noBody(input);
  if (ArrayBuffer.isView(input)) return inMemory(toBytes(input));
  if (isBlob(input)) return blobBody(input, readers);
  switch (brandOf(input)) {
    case 'ArrayBuffer':
      return inMemory(new Uint8Array(input as ArrayBuffer));
    case 'URLSearchParams':
      return textBody(String(input), 'application/x-www-form-urlencoded;charset=UTF-8');
    case 'FormData':
      // The package form-data has the brand, and is a stream of another kind.
      if (Symbol.iterator in input) return readers.form(input as FormData);
  }
  if (requestBody in input) return input[requestBody]();
  if (isUnnamedForm(input)) return readers.form(input);
  if (Array.isArray(input)) return listBody(input.map(toBytes));
  if (Symbol.asyncIterator in input || Symbol.iterator in input || isStream(input)) {
    const source = input as ChunkSource;
    refuseUsed(source);
    return once(source, readers);
  }
  throw noBody(input);
}

/** A form of happy-dom, whose classes have no name for themselves. */
function isUnnamedForm(input: object): input is FormData {
  return brandOf(input) === '' && ['append', 'getAll', 'entries'].every((name) => isMethod(input, name));
}

function isMethod(input: object, name: string): boolean {
  return typeof input[name as never] === 'function';
}

/** A Blob, which a transport may take as it is. */
export function blobBody(blob: Blob, readers: BodyReaders): RequestBody {
  return {
    length: blob.size,
    replayable: true,
    bytes: null,
    contentType: blobType(blob),
    blob: () => blob,
    open: () => readers.chunks(blob),
  };
}

/** A text as a body. */
export function textBody(text: string, contentType: string): RequestBody {
  return inMemory(encodeUtf8(text), contentType);
}

function inMemory(bytes: Uint8Array, contentType: string | null = null): RequestBody {
  return { length: bytes.length, replayable: true, bytes, contentType, open: () => listed([bytes]) };
}

function listBody(chunks: readonly Uint8Array[]): RequestBody {
  return {
    length: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    replayable: true,
    bytes: null,
    contentType: null,
    open: () => listed(chunks),
  };
}

async function* listed(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) if (chunk.length > 0) yield chunk;
}

function once(source: ChunkSource, readers: BodyReaders): RequestBody {
  let isSpent = false;
  return {
    length: null,
    replayable: false,
    bytes: null,
    contentType: null,
    claim: () => claimSource(source),
    open() {
      const opened = readers.chunks(source, isSpent);
      isSpent = true;
      return opened;
    },
    async discard() {
      try {
        if (!isSpent) await this.open()[Symbol.asyncIterator]().return?.();
      } catch {
        // The source was given up: whether it can be closed in good order does not matter.
      }
    },
  };
}

function noBody(value: unknown): TypeError {
  const hint = 'expected text, bytes, a Blob, a form, a stream or an iterable of bytes';
  return new TypeError(`body: a value of type ${typeof value} cannot be sent; ${hint} (JSON: { url, json })`);
}
