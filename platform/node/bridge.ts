import type { Manager } from '../../src/manager.ts';
import { ConnectedClient, type ConnectOptions } from '../bridge/client/connected-client.ts';
import { serve as serveThrough } from '../bridge/ends.ts';
import type { ServedPort } from '../bridge/owner/served-port.ts';
import type { BridgePolicyInput } from '../bridge/policy/policy.ts';
import { type PortInput, portOf } from '../bridge/ports/port-of.ts';
import { nodeContexts } from './async-context.ts';

export * from '../bridge/index.ts';

/** As everywhere. A thread that serves goes on for as long as its port is open: having nothing else to do, it would end. */
export function serve(manager: Manager, port: PortInput, policy?: BridgePolicyInput): ServedPort {
  const channel = portOf(port);
  const served = serveThrough(manager, channel, policy);
  if (!process.getBuiltinModule('node:worker_threads').isMainThread) channel.hold?.(true);
  return served;
}

/** {@link ConnectedClient}, whose listeners run in the asynchronous context of who makes the request. */
export function connect(port: PortInput, options?: ConnectOptions): ConnectedClient {
  return new ConnectedClient(portOf(port), options, nodeContexts);
}
