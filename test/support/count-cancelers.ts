import type { Exchange } from '../../src/pipeline/exchange.ts';

/** The cancelers of an exchange that were registered from now on and not taken back: a stage must leave none. */
export function countCancelers(exchange: Exchange): ReadonlySet<unknown> {
  const registered = new Set<unknown>();
  const onCancel = exchange.onCancel.bind(exchange);
  exchange.onCancel = (canceler) => {
    registered.add(canceler);
    const forget = onCancel(canceler);
    return () => {
      registered.delete(canceler);
      forget();
    };
  };
  return registered;
}
