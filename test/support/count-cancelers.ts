import type { Call } from '../../src/call/call.ts';

/** The cancelers of an exchange that were registered from now on and not taken back: a stage must leave none. */
export function countCancelers(exchange: Call): ReadonlySet<unknown> {
  const registered = new Set<unknown>();
  const addCanceler = exchange.addCanceler.bind(exchange);
  const offCancel = exchange.offCancel.bind(exchange);
  exchange.addCanceler = (canceler) => {
    registered.add(canceler);
    addCanceler(canceler);
  };
  exchange.offCancel = (canceler) => {
    registered.delete(canceler);
    offCancel(canceler);
  };
  return registered;
}
