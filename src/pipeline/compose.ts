import type { Next, Stage } from './stage.ts';

/** Folds a list of stages over its last entry, the transport, into one function. Done once per configuration. */
export function compose(stages: readonly Stage[], last: Next): Next {
  return stages.reduceRight<Next>(
    (next, stage) => (request, exchange) => stage.handle(request, next, exchange),
    last,
  );
}
