/** https://fetch.spec.whatwg.org/#forbidden-request-header */
export const FORBIDDEN_BY_FETCH: readonly string[] = [
  'accept-charset',
  'accept-encoding',
  'access-control-request-*',
  'connection',
  'content-length',
  'cookie',
  'cookie2',
  'date',
  'dnt',
  'expect',
  'host',
  'keep-alive',
  'origin',
  'proxy-*',
  'referer',
  'sec-*',
  'set-cookie',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'via',
];

/** The names among them that the Fetch standard forbids to pages. */
export function forbiddenNames(headers: Iterable<[string, string]>): string[] {
  const names = Array.from(headers, ([name]) => name);
  return names.filter((name) => FORBIDDEN_BY_FETCH.some((pattern) => fitsPattern(name, pattern)));
}

/** Whether a name is a pattern, or begins as it does where that ends with `*`. */
export function fitsPattern(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
