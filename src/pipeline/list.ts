import { absentCacheStage } from '../cache/absent-stage.ts';
import type { CookieJarLike, ManagerSettings } from '../call/parts.ts';
import type { ProxyPart } from '../call/route.ts';
import type { SchemeHandler } from '../call/scheme-handler.ts';
import type { Rewrite, Stage } from '../call/stage.ts';
import type { Transport } from '../call/transport.ts';
import { uploadsBeside } from '../call/upload.ts';
import { headersStage } from '../headers/stage.ts';
import { interceptorStage, networkInterceptorStage } from '../intercept/stage.ts';
import type { RequestQueue } from '../queue/request-queue.ts';
import { queueStage } from '../queue/stage.ts';
import type { RedirectSurroundings } from '../redirect/stage.ts';
import { requirementsStage } from '../requirements/stage.ts';
import type { RetryBudget } from '../retry/budget.ts';
import { retryStage } from '../retry/stage.ts';
import { timeoutStage } from '../timeout/stage.ts';

/** What the way of a request is built from: the manager's parts as they are set now. */
export interface HttpParts {
  readonly settings: ManagerSettings;
  /** The settings as they are when the application sets none. */
  readonly defaults: ManagerSettings;
  /** At the end of the list. */
  readonly transport: Transport;
  /** Handlers of the schemes beside http and https. */
  readonly schemes: ReadonlyMap<string, SchemeHandler>;
  /** Chooses proxies where the platform leaves that to us. */
  readonly proxies: ProxyPart | null;
}

/**
 * The rules that a platform leaves to us, supplied by its root. One that the platform keeps to itself is null there, and
 * its code is in no bundle for that platform.
 */
export interface PlatformRules {
  /** Follows the redirects that a transport shows. */
  readonly redirects: ((surroundings: RedirectSurroundings) => Rewrite) | null;
  /** Judges the redirects that a transport has followed by itself. */
  readonly platformRedirects: Rewrite | null;
  /** Attaches cookies to requests, and stores those of responses. */
  readonly cookies: ((jar: CookieJarLike) => { readonly attach: Rewrite; readonly store: Rewrite }) | null;
  /** Offers content codings and undoes them. */
  readonly decoding: Rewrite | null;
  /** What chooses the proxies of one manager. */
  readonly proxies: (() => ProxyPart) | null;
  /** Adds the fields that every fetch has, and blocks the ports that none may ask. */
  readonly fetch: Rewrite | null;
}

/** What all requests of a manager share, whatever its parts are. */
export interface Shared {
  readonly queue: RequestQueue;
  readonly retries: RetryBudget;
}

/**
 * THE LIST: what an http or https request walks, on every platform. Loops outside, rewrites in the middle, the call
 * inside, so that everything under a loop sees every hop. What the transport does by itself is left to it.
 */
export function httpStages(
  { settings, defaults, transport, proxies }: HttpParts,
  rules: PlatformRules,
  { queue, retries }: Shared,
): readonly (Stage | Rewrite)[] {
  const { capabilities } = transport;
  const { cache, cookieJar, preloadedTopLevelDomains } = settings;
  const security = settings.strictTransportSecurityEnabled ? settings.strictTransportSecurity : null;
  const redirects = capabilities.redirects ? rules.redirects : null;
  const cookies = capabilities.cookies && cookieJar !== null ? (rules.cookies?.(cookieJar) ?? null) : null;
  const list = [
    interceptorStage(settings),
    requirementsStage(
      capabilities,
      {
        defaults,
        cookieJar: cookieJar === defaults.cookieJar ? null : cookieJar,
        addressFilter: settings.addressFilter,
        proxyFactory: settings.proxyFactory,
      },
      uploadsBeside(transport, settings)?.capabilities,
    ),
    redirects?.({
      upgrade: (url) => security?.upgrade(url, preloadedTopLevelDomains) ?? url,
      reach: settings,
    }),
    security?.upgradeStage(preloadedTopLevelDomains),
    retryStage(retries),
    settings.authentication?.under(settings).stage,
    redirects === null ? rules.platformRedirects : null,
    cookies?.attach,
    headersStage(settings.userAgent),
    rules.fetch,
    capabilities.encodedBodies ? rules.decoding : null,
    cache === null ? null : (cache.stage.under?.(settings) ?? cache.stage),
    cache === null && !capabilities.platformCache ? absentCacheStage : null,
    security?.learnStage,
    cookies?.store,
    networkInterceptorStage(),
    capabilities.proxy ? proxies?.under(settings) : null,
    capabilities.connections
      ? queueStage(queue, true)
      : queueStage(queue, false, settings.multiplexedOrigins),
    timeoutStage(capabilities.connectionTimings === true),
  ];
  return list.filter((stage) => stage !== null && stage !== undefined);
}
