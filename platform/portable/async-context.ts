import type { AsyncContext, CaptureContext } from '../../src/util/async-context.ts';
import { captureContext as captureNative } from '../common/async-context.ts';

/** What is used of `node:async_hooks`. */
interface AsyncHooks {
  readonly AsyncResource: new (
    type: string,
    options: { readonly requireManualDestroy: boolean },
  ) => AsyncContext;
}

/** Node's own, where this set runs on it or on what is like it. */
const hooks: AsyncHooks | undefined = (
  globalThis as { readonly process?: { getBuiltinModule?(name: string): AsyncHooks | undefined } }
).process?.getBuiltinModule?.('node:async_hooks');

/** The context of the moment, in runtimes that have such a thing. */
export const captureContext: CaptureContext | undefined =
  captureNative ??
  (hooks === undefined
    ? undefined
    : () => new hooks.AsyncResource('fairlead.request', { requireManualDestroy: true }));
