import type { Call } from '../../src/call/call.ts';
import type { TransportCapabilities } from '../../src/call/capabilities.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import { NetworkError } from '../../src/error.ts';
import { type FetchWords, requestBehind } from '../../src/message/fetch-words.ts';
import { forbiddenNames } from '../../src/message/forbidden-fields.ts';
import type { HttpHeaders } from '../../src/message/headers.ts';
import { isRetrieval } from '../../src/message/methods.ts';
import type { RequestOptions } from '../../src/options/options.ts';
import { reachOfPlatform } from '../../src/redirect/platform-redirect.ts';
import { withoutFragment } from '../../src/util/url.ts';
import { cacheInit } from './fetch-cache.ts';
import { uploadInit } from './fetch-upload.ts';
import { platformBlob } from './platform-blob.ts';

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
  const reach = reachOfPlatform(request, capabilities.pageOrigin).to;
  const init: FetchInit = {
    method,
    headers: [...headers],
    redirect: options.maximumRedirectsAllowed === 0 || reach === 'nowhere' ? 'error' : 'follow',
    credentials: credentials(options),
    signal,
  };
  if (capabilities.fetchWords && options.fetch !== null) Object.assign(init, platformWords(options.fetch));
  if (options.redirectPolicy === 'same-origin' || reach === 'own-origin') init.mode = 'same-origin';
  if (capabilities.platformCache && concernsCache(request)) {
    Object.assign(init, cacheInit(request, capabilities));
    // That goes without saying, and workerd refuses the word.
    if (init.cache === 'default') delete init.cache;
  }
  if (body === null) return init;
  if (isRetrieval(method)) throw refused(request, 'have a body');
  const whole = body.bytes ?? (takesBlobs ? await platformBlob(body) : undefined);
  if (whole !== undefined) return { ...init, body: whole as BodyInit };
  return { ...init, ...(await uploadInit(request, body, capabilities, call, signal)) };
}

/** The words of a fetch that the pipeline has no options for. A navigation is one only as the browser's own Request. */
function platformWords(words: FetchWords): FetchInit {
  const { mode, redirect, referrer, referrerPolicy, integrity, keepalive, priority } = words;
  return {
    ...(mode === undefined ? {} : { mode: mode === 'navigate' ? 'same-origin' : mode }),
    ...(redirect === 'manual' ? { redirect } : {}),
    ...(referrer === undefined ? {} : { referrer }),
    ...(referrerPolicy === undefined ? {} : { referrerPolicy }),
    ...(integrity === undefined ? {} : { integrity }),
    ...(keepalive === undefined ? {} : { keepalive }),
    ...(priority === undefined ? {} : { priority }),
  };
}

/** The platform's own Request that a request is, when nothing has sent it elsewhere or given it another body; else null. */
export function ownRequest({ method, url, body, options }: HttpRequest): Request | null {
  const own = requestBehind(options.fetch);
  if (own === null || own.method !== method || own.url.split('#', 1)[0] !== withoutFragment(url)) return null;
  const isBodyOwn = body === null ? isRetrieval(method) : body.request === own;
  return isBodyOwn ? own : null;
}

/** What is said to fetch over such a Request: what ends it, and what stages and options have changed. */
export function ownRequestInit(
  request: HttpRequest,
  own: Request,
  capabilities: TransportCapabilities,
  signal: AbortSignal,
): FetchInit {
  const { headers, options } = request;
  const { mode, priority, referrer, referrerPolicy } = options.fetch!;
  // Both are forgotten when anything is said over a Request (Fetch, constructor of Request).
  const init: FetchInit = { signal, ...(referrer === undefined ? {} : { referrer }) };
  if (referrerPolicy !== undefined) init.referrerPolicy = referrerPolicy;
  if (!hasFieldsOf(headers, own)) init.headers = [...headers];
  if (priority !== undefined) init.priority = priority;
  if (options.redirectPolicy === 'same-origin' && mode !== 'navigate') init.mode = 'same-origin';
  if (request.parts?.isCached) Object.assign(init, cacheInit(request, capabilities));
  return init;
}

/** Whether a request has the fields of the platform's Request and no others; those that only a browser sets aside. */
function hasFieldsOf(headers: HttpHeaders, own: Request): boolean {
  let count = 0;
  const forbidden = new Set(forbiddenNames(own.headers));
  for (const [name, value] of own.headers) {
    if (forbidden.has(name)) continue;
    count++;
    if (headers.get(name) !== value) return false;
  }
  return count === headers.size;
}

/** Whether there is anything to tell the platform's cache. */
function concernsCache({ headers, options, parts }: HttpRequest): boolean {
  return (
    parts?.isCached === true ||
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
