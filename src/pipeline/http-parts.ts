import type { RequestOptions } from '../options.ts';
import type { SchemeHandler } from '../transport/schemes.ts';
import type { Transport } from '../transport/transport.ts';

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
