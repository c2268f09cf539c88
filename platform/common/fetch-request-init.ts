import type { Call } from '../../src/call/call.ts';
import type { TransportCapabilities } from '../../src/call/capabilities.ts';
import type { RequestOptions } from '../../src/call/parts.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import { NetworkError } from '../../src/error.ts';
import { cacheInit } from './fetch-cache.ts';
import { uploadInit } from './fetch-upload.ts';

export type FetchInit = RequestInit & { duplex?: 'half' };

/** Fetch, forbidden method; CONNECT is refused for every transport. */
const FORBIDDEN_METHODS = /^trac[ek]$/i;

/**
 * A request as fetch takes it.
 *
 * @param takesBlobs whether a Blob can be sent as it is
 * @throws NetworkError protocol-invalid-operation for what fetch would refuse with an indistinct TypeError
 */
export async function requestInit(
  request: HttpRequest,
  capabilities: TransportCapabilities,
  takesBlobs: boolean,
  call: Call,
  signal: AbortSignal,
): Promise<FetchInit> {
  const { method, headers, body, options } = request;
  if (FORBIDDEN_METHODS.test(method)) throw refused(request, 'be sent');
  const init: FetchInit = {
    method,
    headers: [...headers],
    redirect: options.maximumRedirectsAllowed === 0 ? 'error' : 'follow',
    credentials: credentials(options),
    signal,
  };
  if (options.redirectPolicy === 'same-origin') init.mode = 'same-origin';
  if (capabilities.platformCache && concernsCache(request)) {
    Object.assign(init, cacheInit(request, capabilities));
  }
  if (body === null) return init;
  if (method === 'GET' || method === 'HEAD') throw refused(request, 'have a body');
  const whole = body.bytes ?? (takesBlobs ? await body.blob?.() : undefined);
  if (whole !== undefined) return { ...init, body: whole as BodyInit };
  return { ...init, ...(await uploadInit(request, body, capabilities, call, signal)) };
}

/** Whether there is anything to tell the platform's cache. */
function concernsCache({ headers, options }: HttpRequest): boolean {
  return (
    options.cache !== null ||
    options.cacheLoadControl !== 'prefer-network' ||
    !options.cacheSaveControl ||
    headers.has('cache-control')
  );
}

/** Cookies and HTTP credentials go together in fetch. */
function credentials({ cookieLoadControl, useCredentials }: RequestOptions): RequestCredentials {
  if (cookieLoadControl === 'manual') return 'omit';
  return useCredentials ? 'include' : 'same-origin';
}

function refused({ method, url }: HttpRequest, what: string): NetworkError {
  return new NetworkError('protocol-invalid-operation', `fetch: ${method} cannot ${what}`, { url: url.href });
}
