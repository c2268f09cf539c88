import { hasMethods } from '../../../src/checks/checker.ts';
import type { BridgePort } from '../port.ts';
import { type DomMessagePort, domPort } from './dom-port.ts';
import { duplexPort, type MessageDuplex } from './duplex-port.ts';
import { type MainMessagePort, mainPort } from './main-port.ts';
import { type ThreadMessagePort, threadPort } from './thread-port.ts';

/**
 * Every channel that a bridge can be made over: the MessagePort of a page or worker, a port or Worker of
 * `node:worker_threads`, the MessagePortMain of Electron, a pair of streams of messages, or a {@link BridgePort} of one's own.
 */
export type PortInput = BridgePort | DomMessagePort | ThreadMessagePort | MainMessagePort | MessageDuplex;

/** @throws TypeError for what is no port */
export function portOf(input: PortInput): BridgePort {
  if (hasMethods(input, ['open', 'post', 'close'])) return input as BridgePort;
  if (hasMethods(input, ['postMessage'])) {
    // The port of worker_threads has what a page's has, and tells more by its own events.
    if (hasMethods(input, ['on', 'off', 'ref', 'unref'])) return threadPort(input as ThreadMessagePort);
    if (hasMethods(input, ['on', 'off', 'start', 'close'])) return mainPort(input as MainMessagePort);
    if (hasMethods(input, ['addEventListener', 'start', 'close'])) return domPort(input as DomMessagePort);
  }
  const { readable, writable } = (input ?? {}) as Partial<MessageDuplex>;
  if (hasMethods(readable, ['getReader']) && hasMethods(writable, ['getWriter']))
    return duplexPort(input as MessageDuplex);
  throw new TypeError('no port: expected a MessagePort, or a pair of streams { readable, writable }');
}
