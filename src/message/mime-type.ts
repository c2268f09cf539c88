import { isToken, quotedStringEnd, tokenOrQuoted, unquote } from './field-lexer.ts';
import { isFieldValue } from './headers.ts';

/** A media type. Names are lower-case, values as they were. */
export interface MimeType {
  /** `type/subtype`. */
  readonly essence: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Parses a media type as browsers do: parameters that make no sense are left out, and the first of a name wins. Null when
 * there is no type in it.
 *
 * Source: https://mimesniff.spec.whatwg.org/#parse-a-mime-type
 */
export function parseMimeType(text: string): MimeType | null {
  const input = trimEnd(text.slice(skipSpace(text, 0)));
  const slash = input.indexOf('/');
  const semicolon = find(input, ';', slash);
  const type = input.slice(0, Math.max(slash, 0));
  const subtype = trimEnd(input.slice(slash + 1, semicolon));
  if (!isToken(type) || !isToken(subtype)) return null;
  return { essence: `${type}/${subtype}`.toLowerCase(), parameters: parseParameters(input, semicolon) };
}

/** The text form; values that are no tokens are quoted. */
export function serialiseMimeType({ essence, parameters }: MimeType): string {
  const tail = Array.from(parameters, ([name, value]) => {
    return `;${name}=${tokenOrQuoted(value)}`;
  });
  return essence + tail.join('');
}

function parseParameters(input: string, start: number): Map<string, string> {
  const parameters = new Map<string, string>();
  let at = start;
  while (at < input.length) {
    at = skipSpace(input, at + 1);
    const end = find(input, ';', at);
    const equals = find(input, '=', at);
    if (equals >= end) {
      at = end;
      continue;
    }
    const name = input.slice(at, equals).toLowerCase();
    const quoted = input[equals + 1] === '"';
    const [value, after] = quoted
      ? parseQuoted(input, equals + 1)
      : [trimEnd(input.slice(equals + 1, end)), end];
    const usable = (quoted || value !== '') && isToken(name) && isFieldValue(value);
    if (usable && !parameters.has(name)) parameters.set(name, value);
    at = find(input, ';', after);
  }
  return parameters;
}

/** A quoted string, which reaches to the end when it is never closed: its value, and where it is over. */
function parseQuoted(input: string, open: number): [string, number] {
  const end = quotedStringEnd(input, open);
  return end < 0 ? [unquote(`${input.slice(open)}"`), input.length] : [unquote(input.slice(open, end)), end];
}

/** Index of a character, or the end. */
function find(text: string, char: string, from: number): number {
  const index = text.indexOf(char, from);
  return index < 0 ? text.length : index;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text[at])) at++;
  return at;
}

function trimEnd(text: string): string {
  let end = text.length;
  while (isSpace(text[end - 1])) end--;
  return text.slice(0, end);
}

/** HTTP whitespace. */
function isSpace(char: string | undefined): boolean {
  return char === ' ' || char === '\t' || char === '\n' || char === '\r';
}
