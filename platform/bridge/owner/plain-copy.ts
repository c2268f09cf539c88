/** Why a message is none. */
export class MalformedMessage extends Error {}

/** Lists and objects within each other, deeper than any message is. */
const DEEPEST = 12;
/** What a value costs beside its bytes, so that a list of a million zeros is not free. */
const OVERHEAD = 8;

/**
 * A copy of what a structured clone has made, of own properties alone: objects without a prototype, lists, texts, numbers,
 * truth values, null, undefined and bytes. Bytes are not copied: a clone has memory of its own.
 *
 * @param most bytes that all of it may have
 * @throws MalformedMessage for anything else, and for what is larger
 */
export function plainCopy(value: unknown, most: number): unknown {
  let left = most;
  const spend = (bytes: number): void => {
    left -= bytes;
    if (left < 0) throw new MalformedMessage(`a message of more than ${most} bytes`);
  };
  const copy = (one: unknown, depth: number): unknown => {
    spend(OVERHEAD);
    switch (typeof one) {
      case 'string':
        spend(one.length);
        return one;
      case 'number':
      case 'boolean':
      case 'undefined':
        return one;
      case 'object':
        return one === null ? null : copyObject(one, depth);
      default:
        throw new MalformedMessage(`a ${typeof one} in a message`);
    }
  };
  const copyObject = (one: object, depth: number): object => {
    if (depth > DEEPEST) throw new MalformedMessage('a message of too many levels');
    if (one instanceof Uint8Array && one.buffer instanceof ArrayBuffer) {
      spend(one.length);
      return one;
    }
    if (Array.isArray(one)) {
      // Holes count, too.
      spend(one.length);
      return Array.from(one, (item) => copy(item, depth + 1));
    }
    if (Object.getPrototypeOf(one) !== Object.prototype) throw new MalformedMessage('an object of a class');
    const plain: Record<string, unknown> = Object.create(null);
    for (const name of Object.keys(one)) {
      spend(name.length);
      plain[name] = copy(one[name as never], depth + 1);
    }
    return plain;
  };
  return copy(value, 0);
}
