/** One manager, shared: `serve` it through a port on one side, `connect` to it on the other. */

export type { Manager } from '../../src/manager.ts';
export type { OwnOptions } from '../../src/options/options.ts';
export type { ReplyOwner } from '../../src/reply/reply-signals.ts';
export type { Signals } from '../../src/signals.ts';
export type { OWNER, Verbs } from '../../src/verbs.ts';
export { ConnectedClient, type ConnectOptions } from './client/connected-client.ts';
export type { RemoteCache, RemoteCookies } from './client/remote-parts.ts';
export { connect, serve } from './ends.ts';
export type { ServedPortSignals } from './owner/port-signals.ts';
export { ServedPort } from './owner/served-port.ts';
export type { PolicyViolation } from './owner/violations.ts';
export type { Grant, GrantedMethods } from './policy/grants.ts';
export type { PolicyRule } from './policy/judge-request.ts';
export type { AllowedOrigin, BridgePolicy, BridgePolicyInput } from './policy/policy.ts';
export type { BridgePort, PortListener } from './port.ts';
export type { DomMessagePort } from './ports/dom-port.ts';
export { domPort } from './ports/dom-port.ts';
export type { MessageDuplex } from './ports/duplex-port.ts';
export { duplexPort } from './ports/duplex-port.ts';
export type { MainMessagePort } from './ports/main-port.ts';
export { mainPort } from './ports/main-port.ts';
export type { PortInput } from './ports/port-of.ts';
export type { ThreadMessagePort } from './ports/thread-port.ts';
export { threadPort } from './ports/thread-port.ts';
