import type { Next, Rewrite, Stage } from '../call/stage.ts';
import { rewriting } from './rewriting.ts';

/** Folds a list over its last entry, the transport, into one function. Done once per configuration. */
export function compose(list: readonly (Stage | Rewrite)[], last: Next): Next {
  let next = last;
  let run: Rewrite[] = [];
  for (const entry of [...list].reverse()) {
    if (!isStage(entry)) {
      run.unshift(entry);
      continue;
    }
    const below = rewriting(run, next);
    next = (request, call) => entry.handle(request, below, call);
    run = [];
  }
  return rewriting(run, next);
}

/** A stage may be an object of a class; a polluted `Object.prototype` makes none. */
function isStage(entry: Stage | Rewrite): entry is Stage {
  const { handle } = entry as Stage;
  return handle !== undefined && handle !== (Object.prototype as Partial<Stage>).handle;
}
