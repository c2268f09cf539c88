import type { RequestOptions } from '../options.ts';
import type { RequestQueue } from '../queue/request-queue.ts';
import type { TransportCapabilities } from '../transport/capabilities.ts';
import type { Clock } from '../util/clock.ts';

/** What the list of stages is built from: the manager's parts as they are set now. */
export interface HttpParts {
  readonly options: RequestOptions;
  /** The same options where nobody says anything: the platform's. */
  readonly defaults: RequestOptions;
  /** Those of the transport at the end of the list. */
  readonly capabilities: TransportCapabilities;
  readonly queue: RequestQueue;
  readonly clock: Clock;
}
