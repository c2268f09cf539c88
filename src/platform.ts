import type { RequestBody } from './message/body.ts';
import type { BodyInput } from './message/body-input.ts';
import type { RequestOptions } from './options.ts';
import type { HttpParts } from './pipeline/http-parts.ts';
import type { ReplySource } from './reply/reply-source.ts';
import type { SchemeHandler } from './transport/schemes.ts';
import type { Transport } from './transport/transport.ts';
import type { ParsedUrl } from './util/url.ts';

/**
 * An adapter set: everything that a manager needs to know of where it runs. Each root of `platform/` composes one; the
 * bundler chooses the root by export condition, and nothing in here is asked for its name.
 */
export interface Platform {
  /** Options whose default the platform knows better (a User-Agent, a cookie jar of one's own), for a new manager. */
  defaults?(): Partial<RequestOptions>;
  /**
   * Looks at options before they are in force, for a manager or a request.
   * @throws TypeError for what is ill-typed and only the platform can tell
   */
  acceptOptions?(options: RequestOptions): void;
  /** Called once, when it is needed first, unless the user brought a transport. */
  createTransport(): Transport;
  /** What answers the requests of a new manager: asked for anew whenever its options have changed. */
  createSources(): (parts: HttpParts) => ReplySource;
  /** Handlers of the platform's schemes beside http and https. */
  readonly schemes: ReadonlyMap<string, SchemeHandler>;
  /**
   * The URL of a request. Relative ones are resolved where there is something that they are relative to (a page).
   * @throws TypeError for what is no URL
   */
  parseUrl(input: string | URL): ParsedUrl;
  /** @throws TypeError for what is no body */
  toRequestBody(input: BodyInput): RequestBody;
}
