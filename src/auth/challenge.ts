import {
  elementEnd,
  isToken,
  quotedStringEnd,
  skipOws,
  tokenEnd,
  trimOws,
  unquote,
} from '../message/field-lexer.ts';

/** One challenge of a WWW-Authenticate or Proxy-Authenticate field (RFC 9110 §11.3). */
export interface Challenge {
  /** Lower case. */
  readonly scheme: string;
  /** What stands in the place of parameters (Negotiate, NTLM), or null. */
  readonly token68: string | null;
  /** Names lower-case, quoted strings undone. Of a name that is repeated the first counts. */
  readonly params: ReadonlyMap<string, string>;
}

/** What a peer can make us keep. */
const MOST_CHALLENGES = 32;
const MOST_PARAMS = 32;

/**
 * The challenges of all fields of one name (RFC 9110 §11.6.1), in their order. One pass: a comma separates both challenges
 * and parameters, so a token begins a challenge unless `=` stands behind it.
 *
 * What is malformed costs no more than itself: an element that is neither is skipped, a value without quotes reaches to the
 * next comma, a quoted string that is never closed to the end of its field. A parameter before any scheme is dropped.
 */
export function parseChallenges(values: readonly string[]): Challenge[] {
  const challenges: Reading[] = [];
  for (const value of values) readField(value, challenges);
  return challenges;
}

/** The parameters of a field that has nothing but them, as Authentication-Info (RFC 9110 §11.6.3). */
export function parseParameters(text: string): ReadonlyMap<string, string> {
  const params = new Map<string, string>();
  for (let at = 0; at < text.length; ) {
    const start = skipOws(text, at);
    const end = tokenEnd(text, start);
    const equals = skipOws(text, end);
    at =
      end > start && text[equals] === '='
        ? readParameter(text, equals, text.slice(start, end), params)
        : elementEnd(text, start) + 1;
  }
  return params;
}

interface Reading extends Challenge {
  readonly token68: string | null;
  readonly params: Map<string, string>;
}

function readField(text: string, challenges: Reading[]): void {
  let current: Reading | null = null;
  for (let at = 0; at < text.length; ) {
    const start = skipOws(text, at);
    const end = tokenEnd(text, start);
    const behind = skipOws(text, end);
    if (end === start) {
      at = elementEnd(text, start) + 1;
    } else if (text[behind] === '=') {
      at = readParameter(text, behind, text.slice(start, end), current?.params ?? new Map());
    } else {
      if (challenges.length >= MOST_CHALLENGES) return;
      const token68 = behind > end ? token68At(text, behind) : null;
      current = { scheme: text.slice(start, end).toLowerCase(), token68, params: new Map() };
      challenges.push(current);
      // What stands behind the scheme is its first parameter, or nothing.
      at = token68 === null && behind > end ? behind : elementEnd(text, behind) + 1;
    }
  }
}

/** Reads `= value`. Returns the position behind the comma that ends the element. */
function readParameter(text: string, equals: number, name: string, params: Map<string, string>): number {
  const start = skipOws(text, equals + 1);
  const end = elementEnd(text, start);
  const key = name.toLowerCase();
  if (!params.has(key) && params.size < MOST_PARAMS) params.set(key, parameterValue(text, start, end));
  return end + 1;
}

function parameterValue(text: string, start: number, end: number): string {
  if (text[start] !== '"') return trimOws(text.slice(start, end));
  const closed = quotedStringEnd(text, start);
  return closed < 0 ? unquote(`${text.slice(start, end)}"`) : unquote(text.slice(start, closed));
}

/** A token68 (RFC 9110 §11.2) that is all there is up to the next comma, or null. */
function token68At(text: string, start: number): string | null {
  let at = start;
  while (TOKEN68.includes(text.charAt(at) || ' ')) at++;
  if (at === start) return null;
  while (text[at] === '=') at++;
  const behind = skipOws(text, at);
  return behind === text.length || text[behind] === ',' ? text.slice(start, at) : null;
}

const TOKEN68 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/';

/** True for what may stand as the token of a Bearer field (RFC 6750 §2.1), and as one of any other scheme. */
export function isToken68(text: string): boolean {
  return text !== '' && token68At(text, 0) === text;
}

/** `name=value`, as a token where that is one and quoting is not asked for. */
export function parameter(name: string, value: string, isQuoted: boolean): string {
  if (!isQuoted && isToken(value)) return `${name}=${value}`;
  const isPlain = !value.includes('"') && !value.includes('\\');
  return `${name}="${isPlain ? value : value.replace(/["\\]/g, '\\$&')}"`;
}
