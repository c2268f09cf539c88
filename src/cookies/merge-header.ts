import { trimOws } from '../message/field-lexer.ts';

/**
 * The Cookie field of a request that has one by hand and cookies in the jar: the jar's first, then the pairs whose names
 * the jar does not send. The jar's value counts, because a server may have renewed it since.
 */
export function mergeCookieHeaders(fromJar: string, byHand: string): string {
  const merged = splitPairs(fromJar);
  const names = new Set(merged.map(nameOf));
  for (const pair of splitPairs(byHand)) {
    const name = nameOf(pair);
    if (names.has(name)) continue;
    names.add(name);
    merged.push(pair);
  }
  return merged.join('; ');
}

function splitPairs(header: string): string[] {
  return header
    .split(';')
    .map(trimOws)
    .filter((pair) => pair !== '');
}

/** Empty for a nameless cookie. */
function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 0 ? '' : trimOws(pair.slice(0, equals));
}
