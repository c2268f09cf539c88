import type { Call } from '../../../../src/call/call.ts';
import type { HttpRequest } from '../../../../src/call/request.ts';
import type { Routes } from '../../../../src/call/route.ts';
import { NetworkError } from '../../../../src/error.ts';
import type { AddressFilter } from '../../../../src/options/address-filter.ts';
import { proxyOrigin } from '../../../../src/proxy/proxy-server.ts';
import { addressBytes } from '../../../../src/util/ip-address.ts';
import { withoutFragment } from '../../../../src/util/url.ts';
import { assertAllowed } from '../guard.ts';

/**
 * What a filter of addresses can say of ways on which a proxy resolves names: an address is asked about as ever, and a name
 * goes to such a proxy only if that was declared to guard. Otherwise its owner would be asked to connect to anything.
 *
 * @throws NetworkError content-access-denied
 */
export function guardRoutes(
  routes: Routes,
  filters: readonly AddressFilter[],
  { url }: HttpRequest,
  call: Call,
): void {
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  for (const route of routes) {
    if (route.kind === 'direct' || !route.proxy.resolves) continue;
    const shown = withoutFragment(url);
    if (addressBytes(host) !== null) {
      assertAllowed(filters, host, { host, port: url.port, via: 'through-proxy' }, shown, call);
    } else if (!route.proxy.guards) {
      throw new NetworkError(
        'content-access-denied',
        `nothing was sent: the proxy ${proxyOrigin(route.proxy)} resolves ${host} itself, so addressFilter cannot see its address; declare the proxy with guards: true if it keeps such addresses away, or let names be resolved here (socks5 with hostNameLookup: 'local')`,
        { url: shown },
      );
    }
  }
}
