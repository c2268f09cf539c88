import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { setBackgroundTimeout, systemClock } from '../../../src/util/clock.ts';
import { nodeOptions } from '../node-options.ts';
import { abortable } from './dial-time.ts';
import type { Hop } from './route.ts';
import type { Reached, Step } from './step.ts';

/** An address to connect to. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Addresses of one name that are tried: its owner chooses how many there are, and each costs an attempt. */
const MOST_ADDRESSES = 16;

/** Milliseconds for which others join a lookup: one that hangs must not be everybody's. */
const JOINED_FOR = 5000;

/** Resolves names. Equal lookups under way are one. */
export class Resolver {
  readonly #lookup: LookupFunction;
  readonly #pending = new Map<string, Promise<readonly Address[]>>();

  constructor(lookup: LookupFunction = systemLookup as LookupFunction) {
    this.#lookup = lookup;
  }

  /**
   * The addresses of a name, in the order in which to try them. An address stands for itself.
   * @throws Error of the lookup
   */
  async addressesOf(host: string): Promise<readonly Address[]> {
    const literal = isIP(host);
    if (literal !== 0) return [{ address: host, family: literal as 4 | 6 }];
    let pending = this.#pending.get(host);
    if (pending === undefined) {
      pending = this.#resolve(host);
      this.#pending.set(host, pending);
      this.#forgetAfter(pending, host);
    }
    return pending;
  }

  async #resolve(host: string): Promise<readonly Address[]> {
    // What is no address would be resolved once more, behind the back of this function.
    const addresses = [await this.#ask(host)]
      .flat()
      .map(addressOf)
      .filter((address) => isIP(address) !== 0);
    if (addresses.length === 0) throw noAddress(host);
    const ordered = interleave(addresses.map((address) => ({ address, family: isIP(address) as 4 | 6 })));
    return ordered.slice(0, MOST_ADDRESSES);
  }

  #ask(host: string): Promise<string | LookupAddress[]> {
    return new Promise((resolve, reject) => {
      this.#lookup(host, nodeOptions('lookup', { all: true }), (error, found) => {
        if (error) reject(error);
        else resolve(found);
      });
    });
  }

  #forgetAfter(pending: Promise<unknown>, host: string): void {
    const forget = (): void => {
      systemClock.clearTimeout(timer);
      if (this.#pending.get(host) === pending) this.#pending.delete(host);
    };
    const timer = setBackgroundTimeout(forget, JOINED_FOR);
    pending.then(forget, forget);
  }
}

/** Finds out where to connect. A local server has a path and no address. */
export function resolveStep(resolver: Resolver, hop: Hop | null): Step {
  return {
    name: 'resolve',
    async take(reached, { endpoint, call, signal }): Promise<Reached> {
      if (hop === null && endpoint.local) return { ...reached, targets: [{ path: endpoint.host }] };
      const { host, port } = hop ?? endpoint;
      const addresses = await abortable(resolver.addressesOf(host), signal);
      call.timings.lookupEnd = call.time();
      return { ...reached, targets: addresses.map(({ address }) => ({ host: address, port })) };
    },
  };
}

/** The function for lookups is the application's, and may answer with anything. */
function addressOf(found: string | Partial<LookupAddress> | null | undefined): string {
  return (typeof found === 'string' ? found : found?.address) ?? '';
}

function noAddress(host: string): Error {
  return Object.assign(new Error(`${host} has no address`), { code: 'ENOTFOUND' });
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
