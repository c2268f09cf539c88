import { quotedStringEnd, skipOws, tokenEnd, unquote } from '../message/field-lexer.ts';

/** What a Strict-Transport-Security field says. */
export interface StrictTransportSecurityHeader {
  /** Seconds. 0 tells to forget the host. */
  readonly maxAge: number;
  readonly includeSubDomains: boolean;
}

/** About 68 years, the largest delta-seconds that RFC 9111 §1.2.2 asks for: keeps `now + maxAge` exact. */
const LONGEST_MAX_AGE = 2 ** 31;

/**
 * Parses the value of one field line (RFC 6797 §6.1). Null when it breaks the grammar anywhere, repeats a directive, has
 * no `max-age`, or gives `includeSubDomains` a value (Qt lets the last pass; browsers do not). Unknown directives are
 * ignored. One pass.
 */
export function parseStrictTransportSecurity(value: string): StrictTransportSecurityHeader | null {
  const directives = readDirectives(value);
  const maxAge = directives?.get('max-age') ?? null;
  if (directives === null || maxAge === null || !isDigits(maxAge)) return null;
  const includeSubDomains = directives.get('includesubdomains');
  if (typeof includeSubDomains === 'string') return null;
  return {
    maxAge: Math.min(Number(maxAge), LONGEST_MAX_AGE),
    includeSubDomains: includeSubDomains === null,
  };
}

/** Lower-case names with their value, null for none; null for what breaks the grammar. */
function readDirectives(text: string): Map<string, string | null> | null {
  const directives = new Map<string, string | null>();
  let at = skipOws(text, 0);
  while (at < text.length) {
    if (text[at] !== ';') {
      const end = tokenEnd(text, at);
      const name = text.slice(at, end).toLowerCase();
      if (name === '' || directives.has(name)) return null;
      at = skipOws(text, end);
      let value: string | null = null;
      if (text[at] === '=') {
        const start = skipOws(text, at + 1);
        at = skipValue(text, start);
        if (at === start) return null;
        value = text[start] === '"' ? unquote(text.slice(start, at)) : text.slice(start, at);
        at = skipOws(text, at);
      }
      directives.set(name, value);
      if (at < text.length && text[at] !== ';') return null;
    }
    at = skipOws(text, at + 1);
  }
  return directives;
}

/** To the end of a token or a quoted string; `from` itself when there is neither, or the quote is not closed. */
function skipValue(text: string, from: number): number {
  if (text[from] !== '"') return tokenEnd(text, from);
  return Math.max(from, quotedStringEnd(text, from));
}

function isDigits(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
