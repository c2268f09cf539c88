import type { AsyncContext, CaptureContext } from '../../src/util/async-context.ts';

/** TC39's AsyncContext, where a runtime has it already. */
const { AsyncContext: Native } = globalThis as {
  readonly AsyncContext?: { readonly Snapshot: new () => { run<Value>(run: () => Value): Value } };
};

/** The context of the moment, in runtimes that have such a thing; undefined in the others, where there is nothing to lose. */
export const captureContext: CaptureContext | undefined =
  Native === undefined
    ? undefined
    : (): AsyncContext => {
        const snapshot = new Native.Snapshot();
        return { runInAsyncScope: (run) => snapshot.run(run) };
      };
