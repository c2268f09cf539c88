import { parseKnownUrl } from '../util/known-origins.ts';
import { type ParsedUrl, parseUrl } from '../util/url.ts';

/** Longest Location that is followed, in characters; RFC 9110 §4.1 asks for 8000 at least. */
export const LONGEST_LOCATION = 32 * 1024;

/**
 * Where a redirect points to: the Location field resolved against the URL that answered, without userinfo, and with the
 * fragment of that URL when it has none of its own (RFC 9110 §10.2.2).
 *
 * @returns a sentence for people when there is no such URL
 */
export function redirectTarget(location: readonly string[], base: ParsedUrl): ParsedUrl | string {
  const [value] = location;
  if (value === undefined) return 'there is no Location';
  if (value === '') return 'Location is empty';
  if (location.some((other) => other !== value)) return 'there are several Locations';
  if (value.length > LONGEST_LOCATION) return `Location is longer than ${LONGEST_LOCATION} characters`;
  let target: ParsedUrl;
  try {
    target = parseKnownUrl(escapeBytes(value), base.href);
  } catch {
    return 'Location is not a URL';
  }
  // Another scheme is only for who asked for it: a local socket may redirect to another path of its own.
  const isHttp = target.scheme === 'http' || target.scheme === 'https';
  if (!isHttp && target.origin !== base.origin) return 'Location is neither http nor https';
  const inherits = base.fragment !== '' && !value.includes('#');
  const isPlain = target.username === '' && target.password === '';
  return isPlain && !inherits ? target : parseUrl(inherits ? target.href + base.fragment : target.href);
}

/** Servers send URLs in raw UTF-8, which arrives here a character a byte: escaped, the bytes stay what they were. */
function escapeBytes(location: string): string {
  return location.replace(/[\x80-\xff]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
