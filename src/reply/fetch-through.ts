import { NetworkError } from '../error.ts';
import type { BodyInput } from '../message/request-body.ts';
import type { NetworkRequest } from '../options.ts';
import { bodyOfRequest } from './body-of-request.ts';
import type { NetworkReply } from './reply.ts';

/** Starts a request: the manager's own way, signals included. */
export type StartRequest = (method: string, request: NetworkRequest, body: BodyInput | null) => NetworkReply;

type Init = RequestInit & { readonly duplex?: 'half'; readonly priority?: RequestPriority };

/**
 * A fetch with WHATWG semantics over the pipeline: rejects with a TypeError for a network error (its `cause` is the
 * NetworkError), with the signal's reason when aborted, and resolves for every status.
 *
 * `redirect: 'manual'` gives the real 3xx where redirects are seen (Node) and is refused elsewhere; `'error'` works on
 * Node and in a page. What the pipeline does not know is refused (`integrity`) or has no meaning outside a page (`mode`,
 * `referrer`, `keepalive`).
 *
 * Source: https://fetch.spec.whatwg.org/#fetch-method
 */
export async function fetchThrough(
  start: StartRequest,
  input: RequestInfo | URL,
  options: Init = {},
): Promise<Response> {
  // Own properties only: a polluted Object.prototype must not configure requests.
  const init: Init = Object.assign(Object.create(null), options);
  const base = isRequest(input) ? { url: input.url, request: input } : { url: input, request: null };
  const signal = init.signal ?? base.request?.signal ?? null;
  signal?.throwIfAborted();
  if (init.integrity) throw new TypeError('fetch: integrity is not supported');
  const method = normaliseMethod(init.method ?? base.request?.method ?? 'GET');
  const body = init.body ?? (base.request === null ? null : await bodyOfRequest(base.request));
  if (body !== null && (method === 'GET' || method === 'HEAD'))
    throw new TypeError(`fetch: ${method} cannot have a body`);

  const redirect = init.redirect ?? base.request?.redirect ?? 'follow';
  const mode = init.cache ?? base.request?.cache ?? 'default';
  const reply = start(
    method,
    {
      url: base.url,
      headers: fieldsFor(mode, new Headers(init.headers ?? base.request?.headers)),
      signal,
      ...REDIRECT[redirect],
      ...(init.duplex === undefined ? {} : { duplex: init.duplex }),
      ...CREDENTIALS[init.credentials ?? base.request?.credentials ?? 'same-origin'],
      ...CACHE[mode],
      ...(init.priority === 'high' || init.priority === 'low' ? { priority: init.priority } : {}),
    },
    body as BodyInput | null,
  );
  try {
    const response = await reply.toResponse();
    abandoned?.register(response, reply);
    return response;
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof NetworkError)) throw error;
    throw new TypeError(`fetch failed: ${error.message}`, { cause: error });
  }
}

function isRequest(input: RequestInfo | URL): input is Request {
  return typeof Request === 'function' && input instanceof Request;
}

/** A response that nobody holds any more cannot be read: what still stands behind it is given up. */
const abandoned =
  typeof FinalizationRegistry === 'undefined'
    ? null
    : new FinalizationRegistry<NetworkReply>((reply) => {
        if (!reply.isBodyClaimed) reply.abort();
      });

const NORMALISED = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** WHATWG: six verbs are upper-cased, three are forbidden, the rest stays as written. */
function normaliseMethod(method: string): string {
  const upper = method.toUpperCase();
  if (upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') {
    throw new TypeError(`fetch: the method ${upper} is forbidden`);
  }
  return NORMALISED.has(upper) ? upper : method;
}

const REDIRECT: Readonly<Record<RequestRedirect, Partial<NetworkRequest>>> = {
  follow: {},
  error: { redirectPolicy: 'no-less-safe', maximumRedirectsAllowed: 0 },
  manual: { redirectPolicy: 'manual' },
};

const CREDENTIALS: Readonly<Record<RequestCredentials, Partial<NetworkRequest>>> = {
  'same-origin': {},
  include: { useCredentials: true },
  omit: { cookieLoadControl: 'manual', cookieSaveControl: 'manual', authenticationReuse: 'manual' },
};

const CACHE: Readonly<Record<RequestCache, Partial<NetworkRequest>>> = {
  default: {},
  'no-store': { cacheLoadControl: 'always-network', cacheSaveControl: false },
  reload: { cacheLoadControl: 'always-network' },
  'no-cache': {},
  'force-cache': { cacheLoadControl: 'prefer-cache' },
  'only-if-cached': { cacheLoadControl: 'always-cache' },
};

/** `no-cache` validates, and lets what is immutable be (Fetch, HTTP-network-or-cache fetch; RFC 8246 §2). */
function fieldsFor(mode: RequestCache, headers: Headers): Headers {
  if (mode === 'no-cache' && !headers.has('cache-control')) headers.set('cache-control', 'max-age=0');
  return headers;
}
