/**
 * What field values are made of (RFC 9110 §5.6): tokens, quoted strings, optional white space, lists. Every reader of a
 * field is built of these, each is one pass, and none throws: what is malformed is for the reader to judge.
 *
 * Positions are indices into the text. A function that looks for the end of something returns the start when there is none
 * of it, except where it says otherwise.
 */

const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** OWS (§5.6.3): the position behind SP and HTAB. */
export function skipOws(text: string, start: number): number {
  let at = start;
  while (isOws(text.charCodeAt(at))) at++;
  return at;
}

/** Without OWS at both ends. */
export function trimOws(text: string): string {
  let end = text.length;
  while (end > 0 && isOws(text.charCodeAt(end - 1))) end--;
  return text.slice(Math.min(skipOws(text, 0), end), end);
}

/** A token (§5.6.2): the position behind it. */
export function tokenEnd(text: string, start: number): number {
  let at = start;
  while (at < text.length && isTokenCode(text.charCodeAt(at))) at++;
  return at;
}

/** True when all of a text is one token. */
export function isToken(text: string): boolean {
  return text !== '' && tokenEnd(text, 0) === text.length;
}

/** A quoted string (§5.6.4): the position behind its closing quote, or −1 when it is never closed. */
export function quotedStringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return -1;
}

/** What a quoted string, with its quotes, stands for. A backslash with nothing behind it stands for itself. */
export function unquote(quoted: string): string {
  return quoted.slice(1, -1).replace(/\\(.)/gs, '$1');
}

/** The same value as a token, where it is one, or as a quoted string. */
export function tokenOrQuoted(value: string): string {
  return isToken(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * An element of a list (§5.6.1), or of anything else with separators: the position of the separator behind it, or the end
 * of the text. A separator inside a quoted string does not count; one that is never closed reaches to the end.
 */
export function elementEnd(text: string, start: number, separator = COMMA): number {
  let at = start;
  while (at >= 0 && at < text.length) {
    const code = text.charCodeAt(at);
    if (code === separator) return at;
    at = code === QUOTE ? quotedStringEnd(text, at) : at + 1;
  }
  return text.length;
}

/** The members of a list (§5.6.1.2), trimmed; empty ones are left out. */
export function listMembers(text: string): string[] {
  const members: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = elementEnd(text, start);
    const member = trimOws(text.slice(start, end));
    if (member !== '') members.push(member);
    start = end + 1;
  }
  return members;
}

/**
 * The names, in lower case, of a list that has nothing but names (Vary, Connection, Content-Encoding). A quote in it is an
 * accident, and hides none of them.
 */
export function namesIn(text: string | null): string[] {
  if (text === null) return [];
  return text
    .toLowerCase()
    .split(/[\s",]+/)
    .filter((name) => name !== '');
}

/** SP or HTAB. */
function isOws(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

const TOKEN_CODES: Uint8Array = tokenCodes();

/** Not to be asked behind the end of a text: looking up NaN costs more than all the rest. */
function isTokenCode(code: number): boolean {
  return TOKEN_CODES[code] === 1;
}

function tokenCodes(): Uint8Array {
  const codes = new Uint8Array(128);
  for (const character of "!#$%&'*+-.^_`|~0123456789") codes[character.charCodeAt(0)] = 1;
  codes.fill(1, 0x41, 0x5b).fill(1, 0x61, 0x7b);
  return codes;
}

/** The number that a text of nothing but ASCII digits stands for, at most `limit`; null for any other text. */
export function parseDigits(text: string, limit: number = Number.MAX_SAFE_INTEGER): number | null {
  if (text === '') return null;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return null;
    value = Math.min(value * 10 + digit, limit);
  }
  return value;
}
