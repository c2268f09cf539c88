import { type ParsedUrl, parseUrl } from '../../src/util/url.ts';

let last: { readonly input: unknown; readonly base: string | undefined; readonly url: ParsedUrl } | null =
  null;

/**
 * A URL; a relative one is resolved where there is something that it is relative to: a page or a worker. The last one is
 * remembered, since a fetch judges its URL before a request is made of it.
 */
export function parsePageUrl(input: string | URL, base = baseUrl()): ParsedUrl {
  if (typeof input !== 'string' || input.length > LONGEST) return parseUrl(input, base);
  if (last?.input !== input || last.base !== base) last = { input, base, url: parseUrl(input, base) };
  return last.url;
}

/** What is longer (`data:`) is not kept in memory for it. */
const LONGEST = 8192;

/** That of the document, which `<base>` sets and a srcdoc frame inherits; a worker has its location. */
function baseUrl(): string | undefined {
  const { document, location } = globalThis as {
    document?: { readonly baseURI: string };
    location?: { readonly href: string };
  };
  return document?.baseURI ?? location?.href;
}
