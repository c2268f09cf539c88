import { absentCacheStage } from '../cache/absent-stage.ts';
import type { RequestOptions } from '../call/parts.ts';
import type { SchemeHandler } from '../call/scheme-handler.ts';
import type { Rewrite, Stage } from '../call/stage.ts';
import type { Transport } from '../call/transport.ts';
import { headersStage } from '../headers/stage.ts';
import type { RequestQueue } from '../queue/request-queue.ts';
import { queueStage } from '../queue/stage.ts';
import { requirementsStage } from '../requirements/stage.ts';
import { timeoutStage } from '../timeout/stage.ts';
import type { ParsedUrl } from '../util/url.ts';

/** What the way of a request is built from: the manager's parts as they are set now. */
export interface HttpParts {
  readonly options: RequestOptions;
  /** The options as they are when the application sets none. */
  readonly defaults: RequestOptions;
  /** At the end of the list. */
  readonly transport: Transport;
  /** Handlers of the schemes beside http and https. */
  readonly schemes: ReadonlyMap<string, SchemeHandler>;
}

/**
 * The rules that a platform leaves to us, supplied by its root. One that the platform keeps to itself is null there, and
 * its code is in no bundle for that platform.
 */
export interface PlatformRules {
  /**
   * Follows the redirects that a transport shows.
   * @param upgrade what HSTS makes of a URL; the identity where there is none
   */
  readonly redirects: ((upgrade: (url: ParsedUrl) => ParsedUrl) => Stage) | null;
  /** Judges the redirects that a transport has followed by itself. */
  readonly platformRedirects: Rewrite | null;
  /** Attaches cookies to requests, and stores those of responses. */
  readonly cookies: { readonly attach: Rewrite; readonly store: Rewrite } | null;
  /** Offers content codings and undoes them. */
  readonly decoding: Rewrite | null;
  /** Adds the fields that every fetch has. */
  readonly fetchFields: Rewrite | null;
}

/**
 * THE LIST: what an http or https request walks, on every platform. Loops outside, rewrites in the middle, the call
 * inside, so that everything under a loop sees every hop. What the transport does by itself is left to it.
 */
export function httpStages(
  { options, defaults, transport: { capabilities } }: HttpParts,
  rules: PlatformRules,
  queue: RequestQueue,
): readonly (Stage | Rewrite)[] {
  const security = options.strictTransportSecurityEnabled ? options.strictTransportSecurity : null;
  const redirects = capabilities.redirects ? rules.redirects : null;
  const cookies = capabilities.cookies ? rules.cookies : null;
  const list = [
    requirementsStage(capabilities, defaults),
    redirects?.((url) => security?.upgrade(url, options.preloadedTopLevelDomains) ?? url),
    security?.upgradeStage,
    redirects === null ? rules.platformRedirects : null,
    cookies?.attach,
    headersStage(options.userAgent),
    rules.fetchFields,
    capabilities.encodedBodies ? rules.decoding : null,
    options.cache?.stage ?? (capabilities.platformCache ? null : absentCacheStage),
    security?.learnStage,
    cookies?.store,
    queueStage(queue, capabilities.connections ?? false),
    timeoutStage,
  ];
  return list.filter((stage) => stage !== null && stage !== undefined);
}
