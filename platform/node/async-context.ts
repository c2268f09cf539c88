import { AsyncResource } from 'node:async_hooks';
import type { AsyncContext } from '../../src/util/async-context.ts';

/** Node's context of the moment: what an AsyncLocalStorage holds, and what a tracing tool sees. */
export function captureContext(): AsyncContext {
  return new AsyncResource('fairlead.request', { requireManualDestroy: true });
}
