import type { ProxyServer } from '../../../../src/call/route.ts';
import { NetworkError, type NetworkErrorCode } from '../../../../src/error.ts';
import { proxyOrigin } from '../../../../src/proxy/proxy-server.ts';
import { networkFailure } from '../../../common/network-failure.ts';
import type { Dialing, Step, Wire } from '../step.ts';
import { OriginFailure } from './fall-through.ts';

/** Qt: the codes 101 to 199 are those of 1 to 99 for the way to the proxy. */
const CODES: ReadonlyMap<NetworkErrorCode, NetworkErrorCode> = new Map([
  ['connection-refused', 'proxy-connection-refused'],
  ['remote-host-closed', 'proxy-connection-closed'],
  ['host-not-found', 'proxy-not-found'],
  ['timeout', 'proxy-timeout'],
]);

/** What of a failure is not the proxy's: the application's own refusals, and what a step has judged itself. */
const OTHERS: ReadonlySet<NetworkErrorCode> = new Set(['operation-canceled', 'content-access-denied']);

/** The same step on the way to a proxy: what it fails with is told as a failure of that. */
export function towardsProxy(step: Step, proxy: ProxyServer): Step {
  return {
    name: step.name,
    async take(reached, dialing) {
      try {
        return await step.take(reached, dialing);
      } catch (thrown) {
        throw proxyFailure(thrown, proxy, dialing);
      }
    },
  };
}

function proxyFailure(thrown: unknown, proxy: ProxyServer, { url, call }: Dialing): NetworkError {
  const failure = networkFailure(thrown, url);
  const isProxys = failure.qtCode > 100 && failure.qtCode < 200;
  const isOrigins = failure.cause instanceof OriginFailure;
  if (call.cancelled !== null || isProxys || isOrigins || OTHERS.has(failure.code)) return failure;
  const code = CODES.get(failure.code) ?? 'unknown-proxy';
  return new NetworkError(code, `the proxy ${proxyOrigin(proxy)} cannot be used: ${failure.message}`, {
    url,
    cause: thrown,
  });
}

/** A proxy that was reached and does not do what it is asked for. */
export function proxyRefusal(
  proxy: ProxyServer,
  what: string,
  { url }: Dialing,
  code: NetworkErrorCode = 'unknown-proxy',
): NetworkError {
  return new NetworkError(code, `the proxy ${proxyOrigin(proxy)} ${what}`, { url });
}

export function wantsCredentials(proxy: ProxyServer, dialing: Dialing): NetworkError {
  const what =
    proxy.user === ''
      ? 'asks for a user and a password'
      : 'does not accept the user and password that it was given';
  return new NetworkError('proxy-authentication-required', `the proxy ${proxyOrigin(proxy)} ${what}`, {
    url: dialing.url,
  });
}

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
