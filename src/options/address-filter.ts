import { addressBytes, hasPrefix, withoutMapping } from '../util/ip-address.ts';

/** What an address is about to be connected to for. */
export interface AddressUse {
  /** Name or address that it was found for, IPv6 without brackets; of a local socket its path or the name of its pipe. */
  readonly host: string;
  /** 0 for a local socket. */
  readonly port: number;
  /**
   * `direct`: it is the origin's, and connected to from here. `local`: it is the path of a local socket. `proxy`: it is that
   * of a proxy which the application has chosen. `through-proxy`: it is the origin's, and a proxy is asked to connect to it.
   */
  readonly via: 'direct' | 'local' | 'proxy' | 'through-proxy';
}

/**
 * Says whether an address may be connected to. Called with each address before it is used, whatever it comes from: a URL, a
 * name, a redirect. Anything but `true` is a no; so is what it throws.
 */
export type AddressFilter = (address: string, use: AddressUse) => boolean;

/**
 * An {@link AddressFilter} that lets requests reach the public Internet and nothing else: no loopback, private, link-local,
 * shared (CGNAT), unique-local, multicast or reserved address, no metadata service of a cloud, no local socket, in whatever
 * spelling. The guard for servers that fetch URLs which others have written (server-side request forgery). A proxy that the
 * application has chosen may be anywhere.
 */
export const publicAddressesOnly: AddressFilter = (address, { via }) =>
  via === 'proxy' || isPublicAddress(address);

/*
 * Which addresses belong to the public Internet.
 *
 * Source: the IANA registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890), RFC 6052 and RFC 8215 (NAT64).
 */

/** A range: its first address and the bits that all of it have in common. */
type Range = readonly [network: Uint8Array, bits: number];

function range(text: string): Range {
  const [address, bits] = text.split('/') as [string, string];
  return [addressBytes(address)!, Number(bits)];
}

const IPV4_APART = [
  '0.0.0.0/8', // this network; Linux takes 0.0.0.0 for this machine
  '10.0.0.0/8', // private
  '100.64.0.0/10', // behind the NAT of a provider (RFC 6598); metadata of Alibaba's cloud
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // the platform's own service in Azure
  '169.254.0.0/16', // link-local; metadata of most clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments; metadata of Oracle's cloud
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
].map(range);

/** All that is handed out (RFC 4291 §2.4). Unique-local, link-local, multicast, `::1` and `::` lie outside. */
const IPV6_GLOBAL = range('2000::/3');

const IPV6_APART = [
  '2001::/23', // protocol assignments, Teredo and ORCHID among them
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4, which leads to an IPv4 address
  '3fff::/20', // documentation
].map(range);

/** How an IPv6 network without IPv4 writes the IPv4 Internet (RFC 6052). */
const NAT64 = range('64:ff9b::/96');

/**
 * True for an address that the public Internet routes to: not this machine, no private, link-local, shared or unique-local
 * network, no multicast, nothing that is reserved, no cloud's metadata. Decided on the bytes; an IPv4 address inside an IPv6
 * one (IPv4-mapped, NAT64) counts as itself. False for what is no IP address.
 */
export function isPublicAddress(address: string): boolean {
  const bytes = addressBytes(address);
  if (bytes === null) return false;
  const plain = lies(bytes, NAT64) ? bytes.subarray(12) : withoutMapping(bytes);
  if (plain.length === 4) return !IPV4_APART.some((apart) => lies(plain, apart));
  return lies(plain, IPV6_GLOBAL) && !IPV6_APART.some((apart) => lies(plain, apart));
}

function lies(bytes: Uint8Array, [network, bits]: Range): boolean {
  return hasPrefix(bytes, network, bits);
}
