const numbers = new WeakMap<object, number>();
let last = 0;

/** Tells objects apart that are secret, or have a secret in them: the same number for the same object, in this process. */
export function numberOf(object: object): number {
  const known = numbers.get(object);
  if (known !== undefined) return known;
  numbers.set(object, ++last);
  return last;
}
