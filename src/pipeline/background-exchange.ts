import { NetworkError } from '../error.ts';
import type { Clock } from '../util/clock.ts';
import { Exchange, type ExchangeSink } from './exchange.ts';
import type { Rewrite } from './stage.ts';

/** The exchange of a request that a stage makes of its own accord (a cache that validates): no reply hears of it. */
export class BackgroundExchange extends Exchange {
  constructor(clock: Clock) {
    super(NOBODY, clock);
  }
}

const NOBODY: ExchangeSink = {
  accept: () => {},
  ask: () => Promise.reject(new NetworkError('operation-canceled', 'nobody is there to be asked')),
};

/**
 * The part of a rule that takes note of responses, for the place below a stage that makes requests of its own accord: their
 * responses do not come up to where the rule itself stands, and still set cookies.
 */
export function ofTheBackground({ name, incoming }: Rewrite): Rewrite {
  return {
    name: `${name}-of-the-background`,
    incoming: (response, request, exchange) =>
      exchange instanceof BackgroundExchange
        ? (incoming?.(response, request, exchange) ?? response)
        : response,
  };
}
