import { HttpHeaders } from '../message/headers.ts';

/**
 * Fields that may go to whatever origin a server names: they say what is wanted and what is sent, not who asks. Every
 * other one, known or not, is for the origin that it was set for.
 */
const HARMLESS = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'pragma',
  'range',
  'user-agent',
]);

/** What of the fields may follow a redirect to another origin. `secret` are lower-case names that never may. */
export function crossOriginHeaders(headers: HttpHeaders, secret: readonly string[]): HttpHeaders {
  return filter(headers, (name) => HARMLESS.has(name) && !secret.includes(name));
}

/** Fields that describe a body or how it is sent. */
export function withoutBodyHeaders(headers: HttpHeaders): HttpHeaders {
  return filter(headers, (name) => !name.startsWith('content-') && !BODY_FRAMING.has(name));
}

const BODY_FRAMING = new Set(['expect', 'trailer', 'transfer-encoding']);

function filter(headers: HttpHeaders, keep: (name: string) => boolean): HttpHeaders {
  const kept: string[] = [];
  for (const [name, value] of headers) if (keep(name)) kept.push(name, value);
  return HttpHeaders.adopt(kept);
}
