import type { HopHead } from '../call/reply-event.ts';
import type { HttpRequest } from '../call/request.ts';
import { codeForStatus, ERROR_BODY_LIMIT, NetworkError } from '../error.ts';
import { HttpHeaders } from '../message/headers.ts';
import { openFields } from '../util/redaction.ts';
import { requestName } from './error-sentence.ts';

/** What a reply ends with that the application, or its manager, gave up. A NetworkError is the error itself. */
export function abortError({ method, url }: HttpRequest, cause: unknown): NetworkError {
  if (cause instanceof NetworkError) return cause;
  const name = requestName(method, url.href);
  const why = isTimeout(cause) ? 'took longer than the AbortSignal.timeout of its signal' : 'was aborted';
  return new NetworkError('operation-canceled', `${name} ${why}`, { url: url.href, cause });
}

/** What `AbortSignal.timeout` aborts with. */
function isTimeout(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'TimeoutError';
}

/** What a reply ends with whose response has arrived: the error that its status is, as in Qt, or null. */
export function statusError({ method, url }: HttpRequest, head: HopHead | null): NetworkError | null {
  const { status, reason } = head ?? { status: 0, reason: '' };
  const code = codeForStatus(status);
  if (code === null) return null;
  const answered = head?.url ?? url.href;
  const message = `${requestName(method, answered)} was answered ${status} ${reason}`.trimEnd();
  return new NetworkError(code, message, { url: answered, status });
}

/**
 * The error that a promise of a reply rejects with, or null: that of a status only where the request wants that, and then
 * with the head and the first bytes of the body.
 */
export function errorToThrow(
  error: NetworkError | null,
  request: HttpRequest,
  head: HopHead | null,
  bodyOf: () => Uint8Array,
): NetworkError | null {
  if (error === null || head === null) return error;
  if (codeForStatus(error.status ?? 0) !== error.code) return error;
  if (!request.options.throwHttpErrors) return null;
  return new NetworkError(error.code, error.message, {
    ...error,
    headers: openFields(HttpHeaders.adopt(head.headers), request.options.secretHeaders),
    body: bodyOf().slice(0, ERROR_BODY_LIMIT),
  });
}
