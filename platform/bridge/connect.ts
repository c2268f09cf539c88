import { ConnectedClient, type ConnectOptions } from './client/connected-client.ts';
import { type PortInput, portOf } from './ports/port-of.ts';

/**
 * A client of the manager that the other side of a port serves (`serve`). It can be used at once.
 *
 * @param port stays the bridge's until it is closed
 * @throws TypeError for what is no port
 */
export function connect(port: PortInput, options?: ConnectOptions): ConnectedClient {
  return new ConnectedClient(portOf(port), options);
}
