import { addressBytes, hasPrefix } from '../../util/ip-address.ts';
import { dateRange, timeRange, weekdayRange } from './date-ranges.ts';
import { matchesExpression } from './shell-expression.ts';

/** What a script may learn of the machine. */
export interface PacSurroundings {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The addresses of a name, in the order of the system; none for a name that has none. May throw: then the call does. */
  lookUp(host: string): readonly string[];
  /** The addresses of this machine: the one by which it reaches the network first. */
  ownAddresses(): readonly string[];
}

export type PacFunction = (...args: readonly unknown[]) => string | number | boolean | null | undefined;

/**
 * The functions that a PAC file may call: those of Netscape's "Proxy Auto-Config File Format", and Microsoft's for IPv6
 * (`…Ex`). What is no text is taken for the text that JavaScript makes of it.
 */
export function pacFunctions({
  now,
  lookUp,
  ownAddresses,
}: PacSurroundings): ReadonlyMap<string, PacFunction> {
  const addressesOf = (host: unknown): readonly string[] => {
    // `isInNet(dnsResolve(host), …)` of a name that has no address: there is none called "null" to look for.
    if (host === null || host === undefined) return [];
    const name = String(host);
    return addressBytes(name) === null ? lookUp(name) : [name];
  };
  const resolve = (host: unknown): string | null => addressesOf(host).find(isIpv4) ?? null;
  const functions: Record<string, PacFunction> = {
    isPlainHostName: (host) => !/[.:]/.test(String(host)),
    dnsDomainIs: (host, domain) => String(host).endsWith(String(domain)),
    localHostOrDomainIs: (host, domain) =>
      String(host) === String(domain) || String(domain).startsWith(`${host}.`),
    dnsDomainLevels: (host) => String(host).split('.').length - 1,
    shExpMatch: (text, expression) => matchesExpression(String(text), String(expression)),
    dnsResolve: resolve,
    isResolvable: (host) => resolve(host) !== null,
    isInNet: (host, network, mask) => isInMaskedNetwork(resolve(host), String(network), String(mask)),
    myIpAddress: () => ownAddresses().find(isIpv4) ?? '127.0.0.1',
    dnsResolveEx: (host) => addressesOf(host).join(';'),
    isResolvableEx: (host) => addressesOf(host).length > 0,
    isInNetEx: (address, network) => isInNetwork(String(address), String(network)),
    myIpAddressEx: () => ownAddresses().join(';'),
    sortIpAddressList: (list) => sortedAddresses(String(list)),
    getClientVersion: () => '1.0',
    weekdayRange: (...args) => weekdayRange(now, args),
    dateRange: (...args) => dateRange(now, args),
    timeRange: (...args) => timeRange(now, args),
    // For people at the screen, of which there may be none.
    alert: () => undefined,
  };
  return new Map(Object.entries(functions));
}

function isIpv4(address: string): boolean {
  return addressBytes(address)?.length === 4;
}

/** `isInNet(host, "10.0.0.0", "255.0.0.0")`: the mask may have holes. */
function isInMaskedNetwork(address: string | null, network: string, mask: string): boolean {
  const [bytes, wanted, bits] = [address ?? '', network, mask].map(addressBytes);
  if (bytes?.length !== 4 || wanted?.length !== 4 || bits?.length !== 4) return false;
  return bytes.every((byte, i) => ((byte ^ wanted[i]!) & bits[i]!) === 0);
}

/** `isInNetEx("fd00::1", "fd00::/8")`. */
function isInNetwork(address: string, network: string): boolean {
  const [, prefix = '', length] = /^([^/]+)\/(\d{1,3})$/.exec(network) ?? [];
  const [bytes, wanted] = [addressBytes(address), addressBytes(prefix)];
  if (bytes === null || wanted === null || bytes.length !== wanted.length) return false;
  return Number(length) <= wanted.length * 8 && hasPrefix(bytes, wanted, Number(length));
}

/** IPv6 before IPv4, each from low to high; false where one of them is no address (Microsoft). */
function sortedAddresses(list: string): string | false {
  const addresses = list.split(';').map((text) => ({ text: text.trim(), bytes: addressBytes(text.trim()) }));
  if (addresses.some(({ bytes }) => bytes === null)) return false;
  return addresses
    .sort((a, b) => b.bytes!.length - a.bytes!.length || compare(a.bytes!, b.bytes!))
    .map(({ text }) => text)
    .join(';');
}

function compare(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
