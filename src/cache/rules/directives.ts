import { isToken, quotedStringEnd } from '../../message/field-lexer.ts';

const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;

/**
 * One directive of a Cache-Control field.
 *
 * `wellFormed` is false when something around it is against the grammar: white space beside `=`, a semicolon where a
 * comma belongs, an unterminated quoted string. The strictest reading then is: a directive that restricts still counts, a
 * number that permits does not.
 */
export interface Directive {
  /** Lower-case. */
  readonly name: string;
  /** What stands behind `=`, quotes removed, or null. */
  readonly argument: string | null;
  readonly wellFormed: boolean;
}

/** The directives of a Cache-Control field in order (RFC 9111 §5.2). Linear, never throws. */
export function parseDirectives(value: string): Directive[] {
  const directives: Directive[] = [];
  const malformed: string[] = [];
  let position = 0;
  let afterSemicolon = false;
  let quotesCount = true;
  while (position < value.length) {
    const found = scanDirective(value, position, quotesCount);
    if (found === null) {
      // The quoted string that opens here never closes: read on as if it were none, so that nothing hides in it.
      quotesCount = false;
      continue;
    }
    const wellFormed = found.wellFormed && quotesCount && !afterSemicolon;
    if (found.name !== '') directives.push({ name: found.name, argument: found.argument, wellFormed });
    if (!isGrammatical(found)) malformed.push(value.slice(position, found.end));
    afterSemicolon = value.charCodeAt(found.end) === SEMICOLON;
    position = found.end + 1;
  }
  // One quote is missing, and it may be any: what stands between two others may have been meant as a directive.
  addWords(directives, quotesCount ? malformed.join(' ') : value);
  return directives;
}

/** A directive, whether its argument was a quoted string, and where it ends. */
interface Scanned extends Directive {
  readonly quoted: boolean;
  readonly end: number;
}

/** Scans to the next separator. Null for a quoted string without end. */
function scanDirective(value: string, start: number, quotesCount: boolean): Scanned | null {
  let equals = -1;
  let end = start;
  for (; end < value.length; end++) {
    const code = value.charCodeAt(end);
    if (code === COMMA || code === SEMICOLON) break;
    if (code === EQUALS && equals < 0) equals = end;
    if (code === QUOTE && quotesCount) {
      end = quotedStringEnd(value, end) - 1;
      if (end < 0) return null;
    }
  }
  const separated = value.charCodeAt(end) !== SEMICOLON;
  if (equals < 0) {
    const name = value.slice(start, end).trim().toLowerCase();
    return { name, argument: null, quoted: false, wellFormed: separated, end };
  }
  const name = value.slice(start, equals);
  const raw = value.slice(equals + 1, end);
  const tight = name === name.trimEnd() && raw === raw.trimStart();
  const argument = raw.trim();
  const quoted = isQuoted(argument);
  return {
    name: name.trim().toLowerCase(),
    argument: quoted ? argument.slice(1, -1) : argument,
    quoted,
    wellFormed: separated && tight,
    end,
  };
}

/** `name`, or `name=argument`. A quoted string is taken apart before, so that nothing inside of a sound one counts. */
function isGrammatical({ name, argument, quoted }: Scanned): boolean {
  return isToken(name) && (argument === null || quoted || argument === '' || isToken(argument));
}

/** Adds every word of a text that is against the grammar: a stray quote or a missing comma hides no `no-store`. */
function addWords(directives: Directive[], text: string): void {
  if (text === '') return;
  const known = new Set(directives.map(({ name }) => name));
  for (const word of text.toLowerCase().split(/[^!#$%&'*+\-.^_`|~0-9a-z]+/)) {
    if (word === '' || known.has(word)) continue;
    known.add(word);
    directives.push({ name: word, argument: null, wellFormed: false });
  }
}

/** One quoted string, and nothing between it and another one. */
function isQuoted(text: string): boolean {
  return text.length >= 2 && text.startsWith('"') && quotedStringEnd(text, 0) === text.length;
}
