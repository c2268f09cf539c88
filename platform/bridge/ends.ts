import type { Manager } from '../../src/manager.ts';
import { ConnectedClient, type ConnectOptions } from './client/connected-client.ts';
import { ServedPort } from './owner/served-port.ts';
import { type BridgePolicyInput, policyFor } from './policy/policy.ts';
import { type PortInput, portOf } from './ports/port-of.ts';

/**
 * Lets the client on the other side of a port (`connect`) make requests with this manager: with its cookies, cache, HSTS
 * hosts, credentials, queue and connections, as far as the policy allows.
 *
 * @param port stays the bridge's until it is closed. A client that says what no client says closes it
 * @param policy what the client may do; what is not set is at its safe default
 * @throws TypeError for what is no port, or no policy
 */
export function serve(manager: Manager, port: PortInput, policy?: BridgePolicyInput): ServedPort {
  return new ServedPort(manager, portOf(port), policyFor(manager, policy));
}

/**
 * A client of the manager that the other side of a port serves (`serve`). It can be used at once.
 *
 * @param port stays the bridge's until it is closed
 * @throws TypeError for what is no port
 */
export function connect(port: PortInput, options?: ConnectOptions): ConnectedClient {
  return new ConnectedClient(portOf(port), options);
}
