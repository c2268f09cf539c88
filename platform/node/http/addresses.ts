import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { nodeOptions } from '../node-options.ts';

/** An address to connect to. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Resolves a name to all its addresses, in the order in which to try them. An address stands for itself. */
export async function addressesOf(
  host: string,
  lookup: LookupFunction = systemLookup as LookupFunction,
): Promise<readonly Address[]> {
  const literal = isIP(host);
  if (literal !== 0) return [{ address: host, family: literal as 4 | 6 }];
  // What is no address would be resolved once more, behind the back of this function.
  const addresses = [await lookUp(host, lookup)]
    .flat()
    .map(addressOf)
    .filter((address) => isIP(address) !== 0);
  if (addresses.length === 0) throw noAddress(host);
  return interleave(addresses.map((address) => ({ address, family: isIP(address) as 4 | 6 })));
}

function lookUp(host: string, lookup: LookupFunction): Promise<string | LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookup(host, nodeOptions('lookup', { all: true }), (error, found) => {
      if (error) reject(error);
      else resolve(found);
    });
  });
}

/** A lookup that somebody has written may answer with anything. */
function addressOf(found: string | Partial<LookupAddress> | null | undefined): string {
  return (typeof found === 'string' ? found : found?.address) ?? '';
}

/**
 * RFC 8305 §4: the families take turns, beginning with that of the first address (First Address Family Count 1), so that
 * a family which does not work costs one attempt and not all of its addresses. Within a family the resolver's order
 * (RFC 6724) holds.
 */
export function interleave(addresses: readonly Address[]): Address[] {
  const first = addresses.filter(({ family }) => family === addresses[0]?.family);
  const second = addresses.filter(({ family }) => family !== addresses[0]?.family);
  const mixed: Address[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i++) {
    mixed.push(...first.slice(i, i + 1), ...second.slice(i, i + 1));
  }
  return mixed;
}

function noAddress(host: string): Error {
  return Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
}
