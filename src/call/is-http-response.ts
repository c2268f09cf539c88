import type { HttpResponse } from './response.ts';

/**
 * Whether a handler or transport of the application, maybe in JavaScript, returned a response of ours: a Response of another
 * implementation (node-fetch), or a WHATWG Headers in one, is none.
 */
export function isHttpResponse(value: Partial<HttpResponse> | null | undefined): value is HttpResponse {
  return (
    typeof value?.url?.href === 'string' &&
    typeof value.body?.start === 'function' &&
    Array.isArray(value.headers?.pairs)
  );
}
