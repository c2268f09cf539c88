/** One manager for all tabs of an origin: in a worker, or in one of them. */

export { ConnectedClient, type ConnectOptions } from '../bridge/client/connected-client.ts';
export type { ServedPort } from '../bridge/owner/served-port.ts';
export type { PolicyViolation } from '../bridge/owner/violations.ts';
export type { AllowedOrigin, BridgePolicy, BridgePolicyInput } from '../bridge/policy/policy.ts';
export { type ConnectTabsOptions, connectTabs, TabsClient } from './connect-tabs.ts';
export { connectWorker, type SharedWorkerLike, type WorkerLike } from './connect-worker.ts';
export {
  ServedWorker,
  type ServedWorkerSignals,
  type ServeWorkerOptions,
  serveWorker,
} from './serve-worker.ts';
