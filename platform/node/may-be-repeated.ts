import type { HttpRequest } from '../../src/call/request.ts';
import { isIdempotent } from '../../src/message/methods.ts';

/** Whether a request whose connection died unanswered may be sent once more: the peer may have seen it. */
export function mayBeRepeated(request: HttpRequest): boolean {
  return isIdempotent(request.method) && canBeRepeated(request);
}

/** Whether there is still a body to send: all that is asked where the peer has not seen the request. */
export function canBeRepeated({ body }: HttpRequest): boolean {
  return body === null || body.replayable;
}

/**
 * RFC 9110 §15.5.9: 408 (Request Timeout) before the close of a connection that was idle until its request was sent. The
 * server has waited for a request and says that it had none, so as in Chromium any method may be sent again.
 */
export function isIdleTimeout(status: number, keepAlive: boolean): boolean {
  return status === 408 && !keepAlive;
}
