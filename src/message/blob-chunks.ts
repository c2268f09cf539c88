import { streamChunks } from './stream-chunks.ts';

/**
 * The bytes of a Blob, by the best of the ways that its copy of the class has: jsdom knows FileReader alone.
 * @throws TypeError when it has none
 */
export function chunksOfBlob(blob: Blob): AsyncIterator<Uint8Array> {
  if (typeof blob.stream === 'function') return streamChunks(blob.stream());
  return wholeOf(blob);
}

/** All bytes of what can be read at once, in one chunk. */
export async function* wholeOf(source: Blob | Request): AsyncGenerator<Uint8Array, void, undefined> {
  const isReadable = typeof source.arrayBuffer === 'function';
  yield new Uint8Array(await (isReadable ? source.arrayBuffer() : readBlob(source as Blob)));
}

/** What jsdom has of a FileReader; no runtime of ours counts on one. */
type BlobReader = new () => {
  onload: (() => void) | null;
  onerror: (() => void) | null;
  readonly result: unknown;
  readonly error: unknown;
  readAsArrayBuffer(blob: Blob): void;
};

function readBlob(blob: Blob): Promise<ArrayBuffer> {
  const { FileReader } = globalThis as { readonly FileReader?: BlobReader };
  return new Promise((resolve, reject) => {
    if (FileReader === undefined) throw new TypeError('body: this Blob shows its bytes in no known way');
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}
