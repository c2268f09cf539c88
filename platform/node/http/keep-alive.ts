import { namesIn } from '../../../src/message/field-lexer.ts';
import type { HttpHeaders } from '../../../src/message/headers.ts';

/** A request that is sent in the last moment would meet a connection that the server is about to close. */
const MARGIN = 1000;

const TIMEOUT_NAME = 'timeout=';
const TIMEOUT = /^timeout=\d{1,9}$/;

/**
 * How long a server says that it keeps an idle connection open, milliseconds: `Keep-Alive: timeout=5`, in seconds, less a
 * margin (RFC 2068 §19.7.1.1). Infinity when it says nothing.
 */
export function announcedLifetime(headers: HttpHeaders): number {
  const field = headers.get('keep-alive');
  if (field === null) return Number.POSITIVE_INFINITY;
  const parameter = namesIn(field).find((name) => TIMEOUT.test(name));
  const timeout = parameter?.slice(TIMEOUT_NAME.length);
  return timeout === undefined ? Number.POSITIVE_INFINITY : Math.max(0, Number(timeout) * 1000 - MARGIN);
}
