import type { Call } from '../../../src/call/call.ts';
import { NetworkError } from '../../../src/error.ts';
import type { AddressFilter, AddressUse } from '../../../src/options/address-filter.ts';
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
export function assertAllowed(
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
