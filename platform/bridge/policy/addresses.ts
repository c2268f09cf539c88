import { isLocalhostName } from '../../../src/util/host.ts';

/**
 * Addresses that are not of the public internet, as they stand in a URL: this machine, private networks, links, and what
 * is for other uses (RFC 6890 and the IANA special-purpose registries).
 */

/** A range of addresses: the first bits of all of them. IPv4 is IPv4-mapped IPv6. */
export interface AddressRange {
  readonly bytes: readonly number[];
  readonly bits: number;
}

const MAPPED: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

const NOT_PUBLIC: readonly AddressRange[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/3',
  '::/128',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
].map((text) => parseAddressRange(text)!);

/** Prefixes that carry an IPv4 address behind them: RFC 6052 (64:ff9b::/96), IPv4-compatible (::/96), 6to4 (2002::/16). */
const EMBEDDED: readonly { readonly range: AddressRange; readonly at: number }[] = [
  { range: parseAddressRange('64:ff9b::/96')!, at: 12 },
  { range: parseAddressRange('::/96')!, at: 12 },
  { range: parseAddressRange('2002::/16')!, at: 2 },
];

/** Names that RFC 6762, RFC 8375 and RFC 9476 leave to local networks, and single labels, which only they resolve. */
const LOCAL_NAME = /(?:^|\.)(?:local|internal|home\.arpa|lan|intranet|corp|home)$/;

/**
 * What a host is that is not of the public internet, in a word for an error; null when it is.
 * @param host as a URL has it: lower-case A-labels, four decimals, or IPv6 in brackets
 */
export function privateKind(host: string): string | null {
  const bytes = addressBytes(host);
  if (bytes !== null) return isPublic(bytes) ? null : 'an address of this machine or of a private network';
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  if (isLocalhostName(name)) return 'this machine';
  if (!name.includes('.') || LOCAL_NAME.test(name)) return 'a name of a local network';
  return null;
}

/** True when the address, if it is one, is in the range. */
export function isInRange(host: string, { bytes, bits }: AddressRange): boolean {
  const address = addressBytes(host);
  return address !== null && sharesBits(address, bytes, bits);
}

function isPublic(address: readonly number[]): boolean {
  if (NOT_PUBLIC.some(({ bytes, bits }) => sharesBits(address, bytes, bits))) return false;
  const embedded = EMBEDDED.find(({ range }) => sharesBits(address, range.bytes, range.bits));
  if (embedded === undefined) return true;
  return isPublic([...MAPPED, ...address.slice(embedded.at, embedded.at + 4)]);
}

function sharesBits(address: readonly number[], prefix: readonly number[], bits: number): boolean {
  return address.every((byte, i) => {
    const counted = Math.max(0, Math.min(8, bits - i * 8));
    const mask = (0xff << (8 - counted)) & 0xff;
    return (byte & mask) === (prefix[i]! & mask);
  });
}

/** `10.0.0.0/8`, `fc00::/7`, or one address; null for what is neither. */
export function parseAddressRange(text: string): AddressRange | null {
  const [address, length] = text.split('/') as [string, string | undefined];
  const isV6 = address.includes(':');
  const bytes = addressBytes(isV6 && !address.startsWith('[') ? `[${address}]` : address);
  if (bytes === null) return null;
  const most = isV6 ? 128 : 32;
  const bits = length === undefined ? most : Number(length);
  if (!Number.isInteger(bits) || bits < 0 || bits > most) return null;
  return { bytes, bits: isV6 ? bits : bits + 96 };
}

/** The sixteen bytes of an address, null for a name. The URL parser makes one spelling of all that there are. */
function addressBytes(host: string): readonly number[] | null {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return [...MAPPED, ...host.split('.').map(Number)];
  if (!host.startsWith('[') || !URL.canParse(`http://${host}/`)) return null;
  const { hostname } = new URL(`http://${host}/`);
  const [front = '', back] = hostname.slice(1, -1).split('::') as [string, string | undefined];
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((g) => Number.parseInt(g, 16));
  const head = groups(front);
  const tail = back === undefined ? [] : groups(back);
  const zeros = new Array<number>(8 - head.length - tail.length).fill(0);
  return [...head, ...zeros, ...tail].flatMap((group) => [group >> 8, group & 0xff]);
}
