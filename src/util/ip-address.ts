/**
 * Addresses as bytes: whoever compares their text takes `127.1`, `0x7f.0.0.1` or `::ffff:127.0.0.1` for something else
 * than `127.0.0.1`.
 */

/**
 * The bytes of an IP address, four or sixteen; null for what is none. IPv4 is four decimals, which is what
 * `canonicalHost` makes of every other spelling. IPv6 is anything that RFC 4291 §2.2 allows, without brackets; a zone
 * (`%eth0`) is left out.
 */
export function addressBytes(text: string): Uint8Array | null {
  return text.includes(':') ? ipv6Bytes(text.split('%', 1)[0]!) : ipv4Bytes(text);
}

/**
 * The IPv4 address that an IPv4-mapped IPv6 address (`::ffff:a.b.c.d`, RFC 4291 §2.5.5.2) is another spelling of; any
 * other address as it is.
 */
export function withoutMapping(bytes: Uint8Array): Uint8Array {
  return hasPrefix(bytes, MAPPED, 96) ? bytes.subarray(12) : bytes;
}

/** Whether an address lies in the network of the first `bits` bits of `network`. One of another family does not. */
export function hasPrefix(bytes: Uint8Array, network: Uint8Array, bits: number): boolean {
  if (bytes.length !== network.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (bytes[i] !== network[i]) return false;
  const rest = bits & 7;
  return rest === 0 || (bytes[whole]! ^ network[whole]!) >> (8 - rest) === 0;
}

const MAPPED = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0);

function ipv4Bytes(text: string): Uint8Array | null {
  const parts = text.split('.', 5);
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return null;
  return Uint8Array.from(parts, Number);
}

function ipv6Bytes(text: string): Uint8Array | null {
  // The longest there is has 45 characters (RFC 4291 §2.2, form 3).
  if (text.length > 45) return null;
  const [head, tail, ...more] = text.split('::', 3);
  if (more.length > 0) return null;
  const before = groupsOf(head!, tail === undefined);
  const after = tail === undefined ? [] : groupsOf(tail, true);
  if (before === null || after === null) return null;
  const missing = 16 - before.length - after.length;
  // `::` stands for one group of zeros at least.
  if (tail === undefined ? missing !== 0 : missing < 2) return null;
  const bytes = new Uint8Array(16);
  bytes.set(before);
  bytes.set(after, 16 - after.length);
  return bytes;
}

/** @param isEnd the last group may be an IPv4 address */
function groupsOf(text: string, isEnd: boolean): number[] | null {
  if (text === '') return [];
  const groups = text.split(':', 9);
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    const embedded = isEnd && i === groups.length - 1 && group.includes('.') ? ipv4Bytes(group) : null;
    if (embedded !== null) bytes.push(...embedded);
    else if (/^[\da-f]{1,4}$/i.test(group)) bytes.push(...twoBytes(Number.parseInt(group, 16)));
    else return null;
  }
  return bytes.length > 16 ? null : bytes;
}

function twoBytes(value: number): [number, number] {
  return [value >> 8, value & 0xff];
}
