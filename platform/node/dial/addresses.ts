/** An address to connect to. */
export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
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
