const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
    afterSemicolon = value.charCodeAt(found.end) === SEMICOLON;
    position = found.end + 1;
  }
  return directives;
}

/** Scans to the next separator. Null for a quoted string without end. */
function scanDirective(
  value: string,
  start: number,
  quotesCount: boolean,
): (Directive & { readonly end: number }) | null {
  let equals = -1;
  let end = start;
  for (; end < value.length; end++) {
    const code = value.charCodeAt(end);
    if (code === COMMA || code === SEMICOLON) break;
    if (code === EQUALS && equals < 0) equals = end;
    if (code === QUOTE && quotesCount) {
      end = closingQuote(value, end);
      if (end < 0) return null;
    }
  }
  const separated = value.charCodeAt(end) !== SEMICOLON;
  if (equals < 0) {
    const name = value.slice(start, end).trim().toLowerCase();
    return { name, argument: null, wellFormed: separated, end };
  }
  const name = value.slice(start, equals);
  const raw = value.slice(equals + 1, end);
  const tight = name === name.trimEnd() && raw === raw.trimStart();
  const argument = raw.trim();
  return {
    name: name.trim().toLowerCase(),
    argument: isQuoted(argument) ? argument.slice(1, -1) : argument,
    wellFormed: separated && tight,
    end,
  };
}

function closingQuote(value: string, open: number): number {
  for (let i = open + 1; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === BACKSLASH) i++;
    else if (code === QUOTE) return i;
  }
  return -1;
}

function isQuoted(text: string): boolean {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"');
}
