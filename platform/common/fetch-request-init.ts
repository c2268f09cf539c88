import { NetworkError } from '../../src/error.ts';
import { collectBody } from '../../src/message/collect-body.ts';
import type { HttpHeaders } from '../../src/message/headers.ts';
import type { RequestOptions } from '../../src/options.ts';
import type { HttpRequest } from '../../src/pipeline/stage.ts';
import type { TransportCapabilities } from '../../src/transport/capabilities.ts';
import { fetchCacheMode } from './fetch-cache-mode.ts';
import { guardedBody, uploadStream } from './upload-stream.ts';

export type FetchInit = RequestInit & { duplex?: 'half' };

/** Fetch, forbidden method; CONNECT is refused for every transport. */
const FORBIDDEN_METHODS = /^trac[ek]$/i;

/**
 * A request as fetch takes it. Its body is streamed where the platform does that (on request only, where that is half
 * duplex), else collected.
 *
 * @throws NetworkError protocol-invalid-operation for what fetch would refuse with an indistinct TypeError
 */
export async function requestInit(
  request: HttpRequest,
  capabilities: TransportCapabilities,
  signal: AbortSignal,
): Promise<FetchInit> {
  const { method, body, options } = request;
  const headers = capabilities.platformCache ? withoutModeFields(request.headers) : request.headers;
  if (FORBIDDEN_METHODS.test(method)) throw refused(request, `${method} cannot be sent`);
  const init: FetchInit = {
    method,
    headers: [...headers],
    redirect: options.maximumRedirectsAllowed === 0 ? 'error' : 'follow',
    ...(options.redirectPolicy === 'same-origin' ? { mode: 'same-origin' } : {}),
    credentials: credentials(options),
    signal,
    ...(capabilities.platformCache ? cacheInit(request, headers, capabilities) : {}),
  };
  if (body === null) return init;
  if (method === 'GET' || method === 'HEAD') throw refused(request, `${method} cannot have a body`);
  const guarded = guardedBody(body, signal);
  if (body.bytes === null && streams(options, capabilities))
    return { ...init, body: uploadStream(guarded), duplex: 'half' };
  return { ...init, body: await collectBody(guarded, options.maximumCollectedUpload) };
}

function streams({ duplex }: RequestOptions, { requestStreams }: TransportCapabilities): boolean {
  return requestStreams === 'always' || (requestStreams === 'half-duplex' && duplex === 'half');
}

/** Cookies and HTTP credentials go together in fetch. */
function credentials({ cookieLoadControl, useCredentials }: RequestOptions): RequestCredentials {
  if (cookieLoadControl === 'manual') return 'omit';
  return useCredentials ? 'include' : 'same-origin';
}

/**
 * Without the fields that a cache mode of fetch sends by itself: written out, they would cost a preflight across origins.
 */
function withoutModeFields(headers: HttpHeaders): HttpHeaders {
  const control = headers.get('cache-control');
  const isMode = control === 'no-cache' || control === 'max-age=0';
  return isMode ? headers.without('cache-control', 'pragma') : headers;
}

/** @param sent the fields that are left of those of the request */
function cacheInit(
  request: HttpRequest,
  sent: HttpHeaders,
  { pageOrigin }: TransportCapabilities,
): RequestInit {
  const { options, url } = request;
  const mode = fetchCacheMode(options, url.origin === pageOrigin);
  const cache = mode === 'default' && sent !== request.headers ? 'no-cache' : mode;
  if (cache === null) {
    const what = `cacheLoadControl '${options.cacheLoadControl}'`;
    throw refused(request, `the browser's cache cannot be told ${what} for this request`, 'platformCache');
  }
  return cache === 'only-if-cached' ? { cache, mode: 'same-origin' } : { cache };
}

function refused(request: HttpRequest, reason: string, capability?: 'platformCache'): NetworkError {
  const url = request.url.href;
  return new NetworkError('protocol-invalid-operation', `fetch: ${reason}`, { url, capability });
}
