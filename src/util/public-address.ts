import { addressBytes, hasPrefix, withoutMapping } from './ip-address.ts';

/**
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
