import { utf8Binary } from '../util/bytes.ts';

/**
 * Bytes as texts of one character each, 0 to 255: what fields are, what is hashed, and what `btoa` takes.
 */

/**
 * The charset in which names and passwords are sent: UTF-8 where the server asks for it (RFC 7617 §2.1), or where the text
 * has what Latin-1 has not; otherwise Latin-1, which is what servers have expected before they could say.
 */
export function credentialBinary(text: string, charset: string | undefined): string {
  const isLatin1 = charset?.toLowerCase() !== 'utf-8' && /^[\0-\xff]*$/.test(text);
  return isLatin1 ? text : utf8Binary(text);
}

export function bytesOfBinary(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** RFC 5234 CTL. */
export function hasControl(text: string): boolean {
  return /[\0-\x1f\x7f]/.test(text);
}
