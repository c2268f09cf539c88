import { ConnectedClient, type ConnectOptions } from '../bridge/client/connected-client.ts';
import { type PortInput, portOf } from '../bridge/ports/port-of.ts';
import { nodeContexts } from './async-context.ts';

export * from '../bridge/index.ts';

/** {@link ConnectedClient}, whose listeners run in the asynchronous context of who makes the request. */
export function connect(port: PortInput, options?: ConnectOptions): ConnectedClient {
  return new ConnectedClient(portOf(port), options, nodeContexts);
}
