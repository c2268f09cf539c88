import { CookieJar, parseCookieDate, publicSuffixList } from '../../dist/internal.js';

export const meta = { name: 'fairlead' };

export function createJar() {
  const jar = new CookieJar({ publicSuffixes: publicSuffixList });
  return {
    setCookie: (line, url, { http }) => jar.setCookie(line, url, { api: http ? 'http' : 'script' }),
    getCookieHeader: (url) => jar.cookieHeader(url),
  };
}

export function parseDate(text) {
  const time = parseCookieDate(text);
  return time === null ? null : new Date(time);
}
