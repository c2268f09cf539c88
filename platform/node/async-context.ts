import { AsyncResource } from 'node:async_hooks';
import { asyncContexts } from '../../src/call/async-contexts.ts';

const OPTIONS = { requireManualDestroy: true };

/** Node's contexts: what an AsyncLocalStorage holds, and what a tracing tool sees. */
export const nodeContexts = asyncContexts(() => new AsyncResource('fairlead.request', OPTIONS));
