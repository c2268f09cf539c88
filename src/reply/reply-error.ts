import { codeForStatus, ERROR_BODY_LIMIT, NetworkError } from '../error.ts';
import { HttpHeaders } from '../message/headers.ts';
import type { HopHead } from '../pipeline/reply-event.ts';
import type { HttpRequest } from '../pipeline/stage.ts';
import { withoutFragment } from '../util/url.ts';

/** What a reply ends with that the application, or its manager, gave up. A NetworkError is the error itself. */
export function abortError({ url }: HttpRequest, cause: unknown): NetworkError {
  if (cause instanceof NetworkError) return cause;
  const shown = withoutFragment(url);
  return new NetworkError('operation-canceled', `the request of ${shown} was aborted`, { url: shown, cause });
}

/** What a reply ends with whose response has arrived: the error that its status is, as in Qt, or null. */
export function statusError({ url }: HttpRequest, head: HopHead | null): NetworkError | null {
  const { status, reason } = head ?? { status: 0, reason: '' };
  const code = codeForStatus(status);
  if (code === null) return null;
  return new NetworkError(
    code,
    `Error transferring ${withoutFragment(url)} - server replied: ${reason || status}`,
    {
      url: head?.url ?? url.href,
      status,
    },
  );
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
    // Errors end up in logs, where cookies have no business.
    headers: [...HttpHeaders.adopt(head.headers).without('set-cookie')],
    body: bodyOf().slice(0, ERROR_BODY_LIMIT),
  });
}
