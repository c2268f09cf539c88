import { type AsyncContexts, asyncContexts } from '../../src/call/async-contexts.ts';
import type { AsyncContext } from '../../src/util/async-context.ts';

/** Of what runtimes have of asynchronous contexts, what is used: TC39's, and `node:async_hooks`. */
interface Runtime {
  readonly AsyncContext?: { readonly Snapshot: new () => { run<Value>(run: () => Value): Value } };
  readonly process?: { getBuiltinModule?(name: string): AsyncHooks | undefined };
}
interface AsyncHooks {
  readonly AsyncResource: new (
    type: string,
    options: { readonly requireManualDestroy: boolean },
  ) => AsyncContext;
}

const { AsyncContext: Native, process } = globalThis as Runtime;
/** Node's own, where this set runs on it or on what is like it. */
const hooks = process?.getBuiltinModule?.('node:async_hooks');

/** The contexts of runtimes that have such a thing; undefined in the others, where there is nothing to lose. */
export const portableContexts: AsyncContexts | undefined =
  Native !== undefined
    ? asyncContexts(() => {
        const snapshot = new Native.Snapshot();
        return { runInAsyncScope: (run) => snapshot.run(run) };
      })
    : hooks &&
      asyncContexts(() => new hooks.AsyncResource('fairlead.request', { requireManualDestroy: true }));
