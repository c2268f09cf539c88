import type { ParsedUrl } from '../../src/util/url.ts';

/** The URL as a text that parses to the same: `href` has no user name and password. */
export function withUserinfo({ href, username, password }: ParsedUrl): string {
  if (username === '' && password === '') return href;
  const url = new URL(href);
  url.username = username;
  url.password = password;
  return url.href;
}
