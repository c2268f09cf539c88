import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { Routes } from '../../../src/call/route.ts';
import { NetworkError } from '../../../src/error.ts';
import type { AddressFilter, AddressUse } from '../../../src/options/address-filter.ts';
import { proxyOrigin } from '../../../src/proxy/proxy-server.ts';
import { addressBytes } from '../../../src/util/ip-address.ts';
import { withoutFragment } from '../../../src/util/url.ts';
import type { Reached, Step, Target } from './step.ts';

/**
 * Lets those addresses through that every filter allows, before anything is connected. Addresses are asked about and not
 * names: between a check of the name and the connection it may resolve to something else.
 *
 * @param use what the addresses are for, without what they were found for
 */
export function guardStep(
  filters: readonly AddressFilter[],
  found: { readonly host: string; readonly port: number },
  via: AddressUse['via'],
): Step {
  const use = { host: found.host, port: found.port, via };
  return {
    name: 'guard',
    take(reached, { call, url }): Reached {
      const targets = reached.targets.filter((target) =>
        filters.every((filter) => call.inContext(() => isAllowed(filter, addressOf(target), use, url))),
      );
      if (targets.length > 0) return { ...reached, targets };
      throw refused(reached.targets.map(addressOf), use, url);
    },
  };
}

/** @throws NetworkError content-access-denied when a filter does not allow the address */
function assertAllowed(
  filters: readonly AddressFilter[],
  address: string,
  use: AddressUse,
  url: string,
  call: Call,
): void {
  const isEach = filters.every((filter) => call.inContext(() => isAllowed(filter, address, use, url)));
  if (!isEach) throw refused([address], use, url);
}

/** @throws NetworkError of a filter that fails */
function isAllowed(filter: AddressFilter, address: string, use: AddressUse, url: string): boolean {
  try {
    return filter(address, use) === true;
  } catch (cause) {
    throw refused([address], use, url, cause);
  }
}

function refused(
  addresses: readonly string[],
  { host, via }: AddressUse,
  url: string,
  cause?: unknown,
): NetworkError {
  const failed = cause === undefined ? '' : ', which failed';
  const shown = `${addresses.slice(0, MOST_SHOWN).join(', ')}${addresses.length > MOST_SHOWN ? ' …' : ''}`;
  const whose = addresses[0] === host ? '' : ` of ${host}`;
  return new NetworkError(
    'content-access-denied',
    `nothing was sent: addressFilter does not allow ${via === 'local' ? 'the local socket' : 'the address'} ${shown}${whose}${failed}`,
    { url, cause },
  );
}

const MOST_SHOWN = 4;

function addressOf(target: Target): string {
  return 'path' in target ? target.path : target.host;
}

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
