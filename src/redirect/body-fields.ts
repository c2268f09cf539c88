import type { HttpHeaders } from '../message/headers.ts';

const FRAMING = new Set(['expect', 'trailer', 'transfer-encoding']);

/** Without the fields that describe a body or how it is sent. */
export function withoutBodyFields(headers: HttpHeaders): HttpHeaders {
  if (headers.size === 0) return headers;
  const names = Array.from(headers, ([name]) => name);
  return headers.without(...names.filter((name) => name.startsWith('content-') || FRAMING.has(name)));
}
