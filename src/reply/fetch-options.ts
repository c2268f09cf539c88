import type { FetchWords } from '../message/fetch-words.ts';
import type { NetworkRequest, SharedOptions } from '../options/options.ts';

/** Redirects that a fetch follows (Fetch, HTTP-redirect fetch, step 5). */
const MOST_REDIRECTS = 20;

/** Own conditions: the cache has no part in the request (Fetch, HTTP-network-or-cache fetch, step 8.13). */
const CONDITIONS = ['if-modified-since', 'if-none-match', 'if-unmodified-since', 'if-match', 'if-range'];

/** What the words of a fetch, and its fields, are in the options of a request. */
export function optionsOfWords(
  words: FetchWords,
  headers: Headers | null,
  { redirectPolicy }: Pick<SharedOptions, 'redirectPolicy'>,
): Omit<NetworkRequest, 'url'> {
  const { redirect = 'follow', credentials = 'same-origin', duplex, priority } = words;
  const cache = cacheMode(words, headers);
  return {
    fetch: words,
    ...fieldsFor(cache, headers),
    // A manager that keeps requests within their origins does so for its fetches, too. What it asks about or leaves alone
    // otherwise is not what a caller of fetch can know.
    ...(redirect === 'follow' && redirectPolicy === 'same-origin'
      ? { maximumRedirectsAllowed: MOST_REDIRECTS }
      : REDIRECT[redirect]),
    ...CREDENTIALS[credentials],
    ...CACHE[cache],
    ...(duplex === undefined ? {} : { duplex }),
    ...(priority === 'high' || priority === 'low' ? { priority } : {}),
  };
}

function cacheMode({ cache = 'default' }: FetchWords, headers: Headers | null): RequestCache {
  const asks = cache === 'default' && headers !== null && CONDITIONS.some((name) => headers.has(name));
  return asks ? 'no-store' : cache;
}

const REDIRECT: Readonly<Record<RequestRedirect, Partial<NetworkRequest>>> = {
  follow: { redirectPolicy: 'no-less-safe', maximumRedirectsAllowed: MOST_REDIRECTS },
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
function fieldsFor(mode: RequestCache, headers: Headers | null): Pick<NetworkRequest, 'headers'> {
  if (mode !== 'no-cache') return headers === null ? {} : { headers };
  const fields = headers ?? new Headers();
  if (!fields.has('cache-control')) fields.set('cache-control', 'max-age=0');
  return { headers: fields };
}
