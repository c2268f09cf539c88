import { AsyncResource } from 'node:async_hooks';
import { asyncContexts } from '../../src/call/async-contexts.ts';

/** Node's contexts: what an AsyncLocalStorage holds, and what a tracing tool sees. */
export const nodeContexts = asyncContexts(
  () => new AsyncResource('fairlead.request', { requireManualDestroy: true }),
);
