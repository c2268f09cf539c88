import { arrayOf, type Checks, checkOptions, FUNCTION } from '../checks/checker.ts';
import type { Interceptor } from '../options/interceptor.ts';
import { parseUrl } from '../util/url.ts';

/** Where {@link bearerToken} gets tokens, and where it sends them. */
export interface BearerTokenOptions {
  /** The token as it is now, or null for none. Asked for each request. */
  readonly get: () => string | null | Promise<string | null>;
  /**
   * Fetches a new one when a server has refused that (401), and gives it, or null when there is none. All requests that are
   * refused meanwhile wait for the same one. So must not the request that it makes itself, which would wait for its own end:
   * with the same manager it goes to none of `origins`, or has an `Authorization` of its own. Default: a 401 is the answer.
   */
  readonly refresh?: ((refused: string | null) => string | null | Promise<string | null>) | undefined;
  /** Origins (`https://api.example`) that may see the token. Default: wherever the application sends a request. */
  readonly origins?: readonly string[] | undefined;
}

const CHECKS: Checks<BearerTokenOptions> = {
  get: { ...FUNCTION, isRequired: true },
  refresh: FUNCTION,
  origins: arrayOf('origins', (origin) => URL.canParse(origin as string)),
};

/** A refresh, and the token that it replaces. */
interface Refresh {
  readonly refused: string | null;
  readonly token: Promise<string | null>;
}

/**
 * An interceptor (for `interceptors`) that sends a token with each request, and a new one when it is refused: once, and only
 * a request that can be sent again. An `Authorization` that a request has already stays. Over a redirect to another origin
 * the token does not go along.
 */
export function bearerToken(options: BearerTokenOptions): Interceptor {
  const { get, refresh, origins } = checkOptions('bearerToken', options, CHECKS);
  const allowed = origins?.map((origin) => parseUrl(origin).origin);
  /** The refresh that is under way, and the last that has come to something. */
  let refreshing: Refresh | null = null;
  let done: Refresh | null = null;
  /** @param before what had been {@link done} before the refused token was read */
  const renewed = (refused: string | null, before: Refresh | null): Promise<string | null> => {
    if (refreshing !== null && refreshing.refused === refused) return refreshing.token;
    // It has come to its end since, while the token was read once more: a second one may spend what can be spent once.
    if (done !== null && done !== before && done.refused === refused) return done.token;
    const own: Refresh = { refused, token: (async () => refresh!(refused))() };
    refreshing = own;
    const end = (): void => {
      if (refreshing === own) refreshing = null;
    };
    own.token.then(() => {
      done = own;
      end();
    }, end);
    return own.token;
  };
  return async (request, next) => {
    const isForeign = allowed !== undefined && !allowed.includes(parseUrl(request.url).origin);
    if (isForeign || request.headers.has('authorization')) return next(request);
    const authorized = (token: string | null) =>
      next(token === null ? request : request.withHeader('authorization', `Bearer ${token}`));
    const before = done;
    const token = await get();
    const response = await authorized(token);
    if (response.status !== 401 || refresh === undefined || !request.replayable) return response;
    // Behind a redirect another origin may have asked, which was not shown the token.
    const { hostname, origin } = parseUrl(response.url);
    if (hostname !== parseUrl(request.url).hostname && allowed?.includes(origin) !== true) return response;
    // Another request may have renewed it while this one was under way.
    const current = await get();
    const fresh = current !== token ? current : await renewed(token, before);
    return fresh === null || fresh === token ? response : authorized(fresh);
  };
}
