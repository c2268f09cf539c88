import { isPublicAddress } from '../../../src/options/address-filter.ts';
import { isLocalhostName } from '../../../src/util/host.ts';
import { addressBytes, hasPrefix } from '../../../src/util/ip-address.ts';

/** A range of addresses: the first bits of all of them. IPv4 is IPv4-mapped IPv6. */
export interface AddressRange {
  readonly network: Uint8Array;
  readonly bits: number;
}

const MAPPED: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** Names that RFC 6762, RFC 8375 and RFC 9476 leave to local networks, and single labels, which only they resolve. */
const LOCAL_NAME = /(?:^|\.)(?:local|internal|home\.arpa|lan|intranet|corp|home)$/;

/**
 * What a host is that is not of the public internet, in a word for an error; null when it is. An address is what
 * `publicAddressesOnly` says of it.
 * @param host as a URL has it: lower-case A-labels, four decimals, or IPv6 in brackets
 */
export function privateKind(host: string): string | null {
  const address = withoutBrackets(host);
  if (addressBytes(address) !== null)
    return isPublicAddress(address) ? null : 'an address of this machine or of a private network';
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  if (isLocalhostName(name)) return 'this machine';
  if (!name.includes('.') || LOCAL_NAME.test(name)) return 'a name of a local network';
  return null;
}

/** True when the address, if it is one, is in the range. */
export function isInRange(host: string, { network, bits }: AddressRange): boolean {
  const bytes = sixteenBytes(withoutBrackets(host));
  return bytes !== null && hasPrefix(bytes, network, bits);
}

/** `10.0.0.0/8`, `fc00::/7`, or one address; null for what is neither. */
export function parseAddressRange(text: string): AddressRange | null {
  const [first, length, ...more] = text.split('/') as [string, string | undefined];
  const address = withoutBrackets(first);
  const network = sixteenBytes(address);
  if (network === null || more.length > 0) return null;
  const most = address.includes(':') ? 128 : 32;
  const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : most + 1;
  return bits > most ? null : { network, bits: bits + 128 - most };
}

/** The host of a URL, or how it is written where no port follows. */
function withoutBrackets(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}

function sixteenBytes(address: string): Uint8Array | null {
  const bytes = addressBytes(address);
  return bytes === null || bytes.length === 16 ? bytes : Uint8Array.of(...MAPPED, ...bytes);
}
