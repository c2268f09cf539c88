import type { HttpRequest } from '../../src/call/request.ts';

/** How long a request with `Expect: 100-continue` holds its body back, milliseconds (RFC 9110 §10.1.1: not indefinitely). */
export const CONTINUE_WAIT = 1000;

/** The peer is to be asked before the body is sent (RFC 9110 §10.1.1). */
export function expectsContinue({ headers }: HttpRequest): boolean {
  return headers.get('expect')?.toLowerCase() === '100-continue';
}
