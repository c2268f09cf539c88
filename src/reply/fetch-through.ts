import { NetworkError } from '../error.ts';
import type { BodyInput } from '../message/request-body.ts';
import type { NetworkRequest } from '../options.ts';
import { bodyOfRequest } from './body-of-request.ts';
import type { NetworkReply } from './reply.ts';
import { HIGH_WATER_MARK } from './reply-body.ts';

/** Starts a request: the manager's own way, signals included. */
export type StartRequest = (
  method: string,
  request: NetworkRequest,
  body: BodyInput | null | undefined,
) => NetworkReply;

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
  input: string | URL | Request,
  options: Init | undefined,
): Promise<Response> {
  // Own properties only: a polluted Object.prototype must not configure requests.
  const init: Init = options === undefined ? NOTHING : Object.assign(Object.create(null), options);
  const from = isRequest(input) ? input : NOTHING;
  // Null takes the signal of a Request away.
  const signal = (init.signal === undefined ? from.signal : init.signal) ?? null;
  signal?.throwIfAborted();
  if (init.integrity) throw new TypeError('fetch: integrity is not supported');
  const method = normaliseMethod(init.method ?? from.method ?? 'GET');
  const body = init.body ?? (isRequest(input) ? await bodyOfRequest(input) : null);
  if (body !== null && (method === 'GET' || method === 'HEAD'))
    throw new TypeError(`fetch: ${method} cannot have a body`);

  const mode = init.cache ?? from.cache ?? 'default';
  const reply = start(
    method,
    {
      url: isRequest(input) ? input.url : input instanceof URL ? input : String(input),
      // The Response outlives its reply: it is read when its reader likes.
      autoDeleteReplies: false,
      ...fieldsFor(mode, init.headers ?? from.headers),
      ...(signal === null ? {} : { signal }),
      ...chosen('redirect', REDIRECT, init.redirect ?? from.redirect ?? 'follow'),
      ...(init.duplex === undefined ? {} : { duplex: init.duplex }),
      ...chosen('credentials', CREDENTIALS, init.credentials ?? from.credentials ?? 'same-origin'),
      ...chosen('cache', CACHE, mode),
      ...(init.priority === 'high' || init.priority === 'low' ? { priority: init.priority } : {}),
    },
    body as BodyInput | null,
  );
  // Of a Response, no more than that is read ahead.
  if (reply.readBufferSize === 0) reply.readBufferSize = HIGH_WATER_MARK;
  try {
    return await reply.toResponse();
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof NetworkError)) throw error;
    throw new TypeError(`fetch failed: ${error.message}`, { cause: error });
  }
}

const NOTHING: Partial<Request> = Object.freeze(Object.create(null));

function isRequest(input: string | URL | Request): input is Request {
  return typeof Request === 'function' && input instanceof Request;
}

const NORMALISED = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']);

/** WHATWG: six verbs are upper-cased, three are forbidden, the rest stays as written. */
function normaliseMethod(method: string): string {
  const upper = method.toUpperCase();
  if (upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') {
    throw new TypeError(`fetch: the method ${upper} is forbidden`);
  }
  return NORMALISED.has(upper) ? upper : method;
}

/** A word that fetch does not know is a mistake: `redirect: 'none'` must not follow. */
function chosen<Mode extends string>(
  name: string,
  table: Readonly<Record<Mode, Partial<NetworkRequest>>>,
  mode: Mode,
): Partial<NetworkRequest> {
  if (!Object.hasOwn(table, mode)) throw new TypeError(`fetch: '${mode}' is not a mode of ${name}`);
  return table[mode];
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
function fieldsFor(mode: RequestCache, init: HeadersInit | undefined): Pick<NetworkRequest, 'headers'> {
  if (init === undefined && mode !== 'no-cache') return {};
  const headers = new Headers(init);
  if (mode === 'no-cache' && !headers.has('cache-control')) headers.set('cache-control', 'max-age=0');
  return { headers };
}
