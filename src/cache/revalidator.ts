import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import { Exchange, type ExchangeSink } from '../pipeline/exchange.ts';
import type { Fetcher } from './fetcher.ts';
import type { StoredResponse } from './metadata.ts';
import { conditionalFields } from './validators.ts';
import { type Visit, withoutFields } from './visit.ts';

/** Validations that run in the background at a time. A stale response that finds no place is used, and asked for again later. */
const MAXIMUM_RUNNING = 8;

/** Validates stale responses that were delivered meanwhile (RFC 5861 §3): once for each key, behind everything else. */
export class Revalidator<Stored extends StoredResponse> {
  readonly #fetcher: Fetcher<Stored>;
  readonly #running = new Set<string>();

  constructor(fetcher: Fetcher<Stored>) {
    this.#fetcher = fetcher;
  }

  /** Returns at once. */
  start(visit: Visit, stored: Stored, candidates: readonly Stored[]): void {
    if (this.#running.has(visit.key) || this.#running.size >= MAXIMUM_RUNNING) return;
    this.#running.add(visit.key);
    this.#run(visit, stored, candidates)
      // Nobody waits for it: the response stays stale, and the next request tries again.
      .catch(() => {})
      .finally(() => this.#running.delete(visit.key));
  }

  async #run(visit: Visit, stored: Stored, candidates: readonly Stored[]): Promise<void> {
    const exchange = new Exchange(NOBODY, visit.exchange.clock);
    exchange.setPriority('low');
    const request = withoutFields(visit.request, 'range', 'if-range', 'if-none-match', 'if-modified-since');
    const landing = await this.#fetcher.fetch(
      { ...visit, request, exchange },
      {
        action: 'validate',
        stored,
        delivery: { kind: 'whole' },
        forward: 'stale',
        fields: conditionalFields(stored.metadata),
        staleIfError: false,
      },
      candidates,
    );
    await readToEnd(landing.response.body);
  }
}

const NOBODY: ExchangeSink = {
  accept: () => {},
  ask: () => Promise.reject(new NetworkError('operation-canceled', 'nobody is there to be asked')),
};

/** It is the cache that reads along. */
function readToEnd(body: ResponseBody): Promise<void> {
  return new Promise((resolve, reject) => {
    body.start({ data: () => {}, end: () => resolve(), fail: reject });
  });
}
