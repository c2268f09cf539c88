/**
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
