import type { ManagerSettings } from './call/parts.ts';
import type { SchemeHandler } from './call/scheme-handler.ts';
import type { Transport } from './call/transport.ts';
import type { UrlParser } from './options/base-url.ts';
import type { RequestOptions } from './options/options.ts';
import type { PlatformMeans } from './pipeline/sources.ts';
import type { OptionHint } from './resolve-options.ts';
import type { SilenceWatch } from './timeout/silence-watch.ts';
import type { Clock } from './util/clock.ts';

/**
 * An adapter set: everything that a manager needs to know of where it runs. Each root of `platform/` composes one; the
 * bundler chooses the root by export condition, and nothing in here is asked for its name.
 */
export interface Platform extends PlatformMeans {
  /** Options whose default the platform knows better (a User-Agent, a cookie jar of one's own), for a new manager. */
  defaults?(clock: Clock): Partial<ManagerSettings>;
  /**
   * Looks at options before they are in force, for a manager or a request.
   * @throws TypeError for what is ill-typed and only the platform can tell
   */
  acceptOptions?(options: RequestOptions): void;
  /** Called once, when it is needed first, unless the user brought a transport. */
  createTransport(clock: Clock): Transport;
  /** Handlers of the platform's schemes beside http and https. */
  readonly schemes: ReadonlyMap<string, SchemeHandler>;
  /**
   * The URL of a request. Relative ones are resolved against `base`, or where there is something that they are relative to
   * (a page). A TypeError for what is no URL.
   */
  readonly parseUrl: UrlParser;
  /** What to do in place of an option that another client has: foreignWord, or that in development alone. */
  readonly optionHint?: OptionHint;
  /** Tells of servers that are silent, where no timeout is set. */
  readonly SilenceWatch?: typeof SilenceWatch;
  /** It is a fetch, to which Requests of the platform's own are given as they are. */
  readonly takesRequests?: boolean;
}
