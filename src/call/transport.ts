import type { Call } from './call.ts';
import type { TransportCapabilities } from './capabilities.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';

/**
 * Moves bytes: one request out, one response in. The last entry of the list of stages, and everything that a platform
 * must implement to carry HTTP.
 *
 * Contract, proved by `testTransport` for every implementation:
 * - `send` resolves when the final response head has arrived and rejects with a `NetworkError` from the transport's own
 *   table. It does one of the two, never both, also when the call is cancelled;
 * - the body waits for its `start` with about one read held back, obeys `pause`, ends or fails exactly once, and a body
 *   that was cut short fails with remote-host-closed;
 * - `call.onCancel` is honoured at every point: socket, timer, listener and upload are released;
 * - bytes that leave and signals of the wire are told through `call.emit` (`upload-progress`, `request-sent` …);
 * - decisions (redirects, cookies, retries of the application) are not its business.
 */
export interface Transport {
  /** What it can do, and what it does by itself. Does not change. */
  readonly capabilities: TransportCapabilities;
  /** Sends one attempt and resolves with the final head; the contract is above. */
  send(request: HttpRequest, call: Call): Promise<HttpResponse>;
  /** Opens a connection for later use. Present where `capabilities.preconnect` is not `none`. */
  connect?(target: ConnectTarget, call: Call): Promise<void>;
  /** Drops idle connections and fails what is in flight with operation-canceled. */
  clearConnections?(): void;
  /** Like `clearConnections`, for good. Nothing keeps the process alive after it has resolved. */
  close(): Promise<void>;
}

/** Where `connectToHost` and `connectToHostEncrypted` want a connection to. */
export interface ConnectTarget {
  /** Stands for those that will use the connection: its URL, TLS material and proxies count. */
  readonly request: HttpRequest;
  /** TLS is to be up when it is handed over. */
  readonly encrypted: boolean;
}
