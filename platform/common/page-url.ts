import { type ParsedUrl, parseUrl } from '../../src/util/url.ts';

/** A URL; a relative one is resolved where there is something that it is relative to: a page or a worker. */
export function parsePageUrl(input: string | URL, base = baseUrl()): ParsedUrl {
  return parseUrl(input, base);
}

/** That of the document, which `<base>` sets and a srcdoc frame inherits; a worker has its location. */
function baseUrl(): string | undefined {
  const { document, location } = globalThis as {
    document?: { readonly baseURI: string };
    location?: { readonly href: string };
  };
  return document?.baseURI ?? location?.href;
}
