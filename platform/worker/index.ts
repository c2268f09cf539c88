/** One manager in a worker, for all tabs of an origin. */

export { ConnectedClient, type ConnectOptions } from '../bridge/client/connected-client.ts';
export type { PolicyViolation, ServedPort } from '../bridge/owner/served-port.ts';
export type { AllowedOrigin, BridgePolicy, BridgePolicyInput } from '../bridge/policy/policy.ts';
export { connectWorker, type SharedWorkerLike, type WorkerLike } from './connect-worker.ts';
export {
  ServedWorker,
  type ServedWorkerSignals,
  type ServeWorkerOptions,
  serveWorker,
} from './serve-worker.ts';
