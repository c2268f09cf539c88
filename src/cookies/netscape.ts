import type { Cookie, CookieInit } from './cookie.ts';

const HEADER = '# Netscape HTTP Cookie File';
/** How curl and its followers mark HttpOnly in a format that is older than it. */
const HTTP_ONLY = '#HttpOnly_';

/**
 * Reads a `cookies.txt` as curl, wget and browser extensions write it: seven fields between tabs. Lines that are no
 * cookie are skipped. Give the results to `insertCookie`, which judges them as it does any other.
 *
 * The format knows neither SameSite nor partitions. Read the file as Latin-1: a cookie is bytes.
 */
export function parseNetscapeCookies(text: string): CookieInit[] {
  const cookies: CookieInit[] = [];
  for (const line of text.split('\n')) {
    const cookie = parseLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (cookie !== null) cookies.push(cookie);
  }
  return cookies;
}

function parseLine(line: string): CookieInit | null {
  const httpOnly = line.startsWith(HTTP_ONLY);
  if (line.startsWith('#') && !httpOnly) return null;
  const fields = (httpOnly ? line.slice(HTTP_ONLY.length) : line).split('\t', 8);
  if (fields.length < 6 || fields.length > 7) return null;
  // curl leaves an empty value out.
  const [domain, subdomains, path, secure, seconds, name, value = ''] = fields as [
    string,
    string,
    ...string[],
  ];
  const expires = Number(seconds);
  if (!Number.isFinite(expires)) return null;
  return {
    name: name!,
    value,
    domain,
    hostOnly: !isTrue(subdomains),
    path,
    secure: isTrue(secure!),
    httpOnly,
    expires: expires === 0 ? null : expires * 1000,
  };
}

/** In any case, as curl reads it: a cookie must not lose its Secure by the way in which that was written. */
function isTrue(field: string): boolean {
  return field.toUpperCase() === 'TRUE';
}

/**
 * Writes a `cookies.txt`. Left out is what the format would falsify: a `Partitioned` cookie, which would become readable
 * everywhere, and one with a tab or a line break in it. SameSite is lost.
 */
export function formatNetscapeCookies(cookies: Iterable<Cookie>): string {
  const lines = [HEADER, ''];
  for (const cookie of cookies) {
    const fields = [
      `${cookie.httpOnly ? HTTP_ONLY : ''}${cookie.hostOnly ? '' : '.'}${cookie.domain}`,
      cookie.hostOnly ? 'FALSE' : 'TRUE',
      cookie.path,
      cookie.secure ? 'TRUE' : 'FALSE',
      // 0 would mean a session.
      cookie.expires === null ? '0' : String(Math.max(1, Math.floor(cookie.expires / 1000))),
      cookie.name,
      cookie.value,
    ];
    if (cookie.partitionKey === null && !fields.some((field) => /[\t\r\n]/.test(field)))
      lines.push(fields.join('\t'));
  }
  return `${lines.join('\n')}\n`;
}
