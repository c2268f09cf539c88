/**
 * Bytes that no other thread can write to: what Blob, WebCrypto, WebAssembly and a page's fetch take. Spelled like this
 * because TypeScript before 5.7 does not know `Uint8Array<ArrayBuffer>`.
 */
export type Bytes = ReturnType<Uint8Array['slice']>;

/** A copy in memory of its own. `slice` of a Buffer makes none: it gives a view of the same memory. */
export function copyBytes(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

/**
 * The bytes as user code may have them: a plain Uint8Array with nothing else in its memory, so that neither `buffer` nor
 * a method of Buffer's shows what belongs to others. Bytes that are such already are not copied.
 */
export function ownBytes(bytes: Uint8Array): Bytes {
  const { buffer } = bytes;
  if (buffer.byteLength !== bytes.byteLength || !(buffer instanceof ArrayBuffer)) return copyBytes(bytes);
  return isPlain(bytes) ? (bytes as Bytes) : new Uint8Array(buffer);
}

/** A plain Uint8Array on the same memory. */
export function plainBytes(bytes: ArrayBufferView): Uint8Array {
  return isPlain(bytes) ? bytes : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function isPlain(bytes: ArrayBufferView): bytes is Uint8Array {
  return Object.getPrototypeOf(bytes) === Uint8Array.prototype;
}

/** The chunks in one array of their own. */
export function concatenate(chunks: readonly Uint8Array[]): Bytes {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let filled = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, filled);
    filled += chunk.length;
  }
  return bytes;
}

/** The same, or the only chunk itself, when it has its memory to itself. */
export function inOnePiece(chunks: readonly Uint8Array[]): Bytes {
  return chunks.length === 1 ? ownBytes(chunks[0]!) : concatenate(chunks);
}

/**
 * Whether so many chunks are too many for their bytes, and had better wait in one piece: a chunk takes about 200 bytes of
 * memory beside its own, and a peer may send one for each byte. Putting them together then costs little for each chunk.
 */
export function areCrumbs(chunks: number, bytes: number): boolean {
  return (chunks - 64) * 256 > bytes;
}

/*
 * UTF-8 by the platform's own coders. They are made with their first use: a test environment may have none when it loads
 * us (Jest's jsdom has neither).
 */

let encoder: TextEncoder | null = null;
let decoder: TextDecoder | null = null;

export function encodeUtf8(text: string): Uint8Array<ArrayBuffer> {
  if (encoder === null) {
    if (typeof TextEncoder === 'undefined') return encodeWithoutEncoder(text);
    encoder = new TextEncoder();
  }
  return encoder.encode(text);
}

/** The UTF-8 of a text as a text of one character a byte, U+0000 to U+00FF: what fields are, and what is hashed. */
export function utf8Binary(text: string): string {
  let binary = '';
  for (const byte of encodeUtf8(text)) binary += String.fromCharCode(byte);
  return binary;
}

/** WHATWG "UTF-8 decode": without a byte order mark, U+FFFD for what is no UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  decoder ??= new TextDecoder();
  return decoder.decode(bytes);
}

/** Percent-encoding knows UTF-8, but refuses lone surrogates, which become U+FFFD (WHATWG "UTF-8 encode"). */
export function encodeWithoutEncoder(text: string): Uint8Array<ArrayBuffer> {
  const scalars = text.replace(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    '\ufffd',
  );
  const latin1 = encodeURIComponent(scalars).replace(/%(..)/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Uint8Array.from(latin1, (character) => character.charCodeAt(0));
}

/** Characters that one call of `fromCharCode` takes without a stack of its own. */
const PIECE = 8192;

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE)
    text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}

/** The bytes, or undefined for what is no base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
