import type { ProxyServer } from '../../../../src/call/route.ts';
import type { Dialing, Wire } from '../step.ts';
import { proxyRefusal } from './proxy-failure.ts';

/**
 * Nothing comes out of a new tunnel before TLS begins: a client speaks first there. What arrives all the same is the
 * proxy's own, and would be read as the origin's.
 *
 * @param early what has arrived behind the answer of the proxy
 * @throws NetworkError where TLS follows
 */
export function judgeEarlyBytes(early: Uint8Array, wire: Wire, proxy: ProxyServer, dialing: Dialing): void {
  if (dialing.endpoint.tls !== null && (early.length > 0 || wire.readableLength > 0))
    throw proxyRefusal(proxy, 'has sent bytes of its own into the tunnel before TLS', dialing);
  if (early.length > 0) wire.unshift(early);
}
