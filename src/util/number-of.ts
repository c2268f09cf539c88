const numbers = new WeakMap<object, number>();
let last = 0;

/** Tells objects apart that are secret, or have a secret in them: the same number for the same object, in this process. */
export function numberOf(object: object): number {
  const number = numbers.get(object) ?? ++last;
  numbers.set(object, number);
  return number;
}
