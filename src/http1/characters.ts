export const HTAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const COLON = 0x3a;

/** RFC 9110 §5.6.2: the lower-case form of every byte that may stand in a token, 0 for all others. */
export const LOWER_CASE_TOKEN: Uint8Array = lowerCaseTokenTable();

const TEXT: Uint8Array = new Uint8Array(256).fill(1, SP).fill(0, 0x7f, 0x80).fill(1, HTAB, LF);

/**
 * The position of the first byte that is no text: neither HTAB, SP, VCHAR nor obs-text (RFC 9110 §5.5), so a CR, LF, NUL
 * or other control. `end` when there is none.
 */
export function textEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && TEXT[bytes[at]!] === 1) at++;
  return at;
}

/** SP or HTAB: optional white space of RFC 9110 §5.6.3. */
export function isWhiteSpace(byte: number): boolean {
  return byte === SP || byte === HTAB;
}

function lowerCaseTokenTable(): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
    const code = character.charCodeAt(0);
    table[code] = code;
    table[character.toUpperCase().charCodeAt(0)] = code;
  }
  return table;
}
