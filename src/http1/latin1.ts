/** One character a byte, U+0000 to U+00FF: how the bytes of a head become text. */
export type Latin1Decoder = (bytes: Uint8Array, start: number, end: number) => string;

/** How many arguments one call takes; engines differ in the stack they give to a call. */
const ARGUMENTS = 4096;

/**
 * The portable decoder. Not `TextDecoder('latin1')`, which is windows-1252 (WHATWG Encoding §4.2) and maps 0x80–0x9F to
 * other characters.
 */
export function decodeLatin1(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let from = start; from < end; from += ARGUMENTS) {
    const part = bytes.subarray(from, Math.min(end, from + ARGUMENTS));
    text += String.fromCharCode.apply(null, part as unknown as number[]);
  }
  return text;
}
