import { type Bytes, ownBytes } from './bytes.ts';

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
