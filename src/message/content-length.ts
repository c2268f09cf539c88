import type { HttpHeaders } from './headers.ts';

/** Content-Length when it is one plain number (a list of equal ones is a parser's business), else −1. */
export function contentLength(headers: HttpHeaders): number {
  const value = headers.get('content-length');
  return value !== null && /^\d{1,15}$/.test(value) ? Number(value) : -1;
}
