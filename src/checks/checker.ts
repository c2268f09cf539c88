import { brandOf } from '../util/brand.ts';
import { illTyped, unknownOption } from './option-errors.ts';

/** What an option may be: in words for the error, and as a check. `undefined` counts as not set. */
export interface Check {
  /** What stands behind "expected": `'a whole number from 0 to 255'`. */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  /** It has to be set. */
  readonly isRequired?: boolean;
}

/** A check for every option of an object, so that one cannot be forgotten. */
export type Checks<Options> = { readonly [Name in keyof Options]-?: Check };

/**
 * The options that were set, judged: the one door for the options of every constructor and method. Only own properties are
 * read, and what is given back has no prototype: what a library has written to `Object.prototype` sets nothing.
 *
 * @param owner whose options they are, for errors: `'DiskCache'`
 * @param path where they stand inside of that: `'limits.'`
 * @throws TypeError that names the option when it is unknown, and the nearest that there is; when it is ill-typed or missing
 */
export function checkOptions<Options extends object>(
  owner: string,
  options: Options | undefined,
  checks: Checks<Options>,
  path = '',
): Options {
  const given: object = options ?? {};
  if (!isNamed(given)) throw new TypeError(`${owner}: expected an object of options`);
  const checked = Object.create(null);
  for (const name of Object.keys(given)) {
    const value: unknown = given[name as never];
    if (!Object.hasOwn(checks, name)) throw unknownOption(owner, path, name, Object.keys(checks));
    if (value === undefined) continue;
    const { expected, accepts } = checks[name as keyof Options];
    if (!accepts(value)) throw illTyped(owner, path + name, expected);
    checked[name] = value;
  }
  for (const [name, { isRequired, expected }] of Object.entries<Check>(checks)) {
    if (isRequired === true && checked[name] === undefined) throw illTyped(owner, path + name, expected);
  }
  return checked;
}

/**
 * Looks at the names in an object whose values are judged elsewhere.
 * @throws TypeError that names the first which there is not, and the nearest that there is
 */
export function checkNames(owner: string, given: unknown, names: ReadonlySet<string>, path = ''): void {
  if (!isNamed(given)) throw new TypeError(`${owner}: expected an object`);
  for (const name of Object.keys(given)) {
    if (!names.has(name)) throw unknownOption(owner, path, name, [...names]);
  }
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
/** Of a Map, a Promise, a Headers and their like nothing would be read: what is said in them is no name of theirs. */
export const isNamed = (value: unknown): value is object =>
  isObject(value) && (!brandOf(value) || Object.keys(value).length > 0);
export const isFunction = (value: unknown): boolean => typeof value === 'function';
export const isString = (value: unknown): value is string => typeof value === 'string';

/** Whether it has these methods. */
export function hasMethods(value: unknown, names: readonly string[]): boolean {
  return isObject(value) && names.every((name) => isFunction(value[name as never]));
}

/** A whole number in a range. `Infinity` counts as one where the range has no end. */
export function wholeNumber(least = 0, most = Number.POSITIVE_INFINITY): Check {
  return check(
    `a whole number from ${least} to ${most}`,
    (value) =>
      (Number.isSafeInteger(value) || value === most) &&
      (value as number) >= least &&
      (value as number) <= most,
  );
}

export function check(expected: string, accepts: Check['accepts']): Check {
  return { expected, accepts };
}

/** The same, or null. */
export function orNull({ expected, accepts }: Check): Check {
  return check(`${expected}, or null`, (value) => value === null || accepts(value));
}

/** One of a few words. */
export function oneOf(...words: readonly string[]): Check {
  return check(`one of ${words.join(', ')}`, (value) => words.includes(value as string));
}

/** An array whose items pass. @param of what they are, in the plural */
export function arrayOf(of: string, accepts: Check['accepts']): Check {
  return check(`an array of ${of}`, (value) => Array.isArray(value) && value.every(accepts));
}

/** An object with methods. */
export function withMethods(...methods: readonly string[]): Check {
  return check(`an object with ${methods.join(', ')}`, (value) => hasMethods(value, methods));
}

export const TEXT = check('a string', isString);
export const TRUTH = check('true or false', (value) => typeof value === 'boolean');
export const FUNCTION = check('a function', isFunction);
export const CLOCK = withMethods('now', 'monotonic', 'setTimeout', 'clearTimeout');
export const OBJECT = check('an object', isObject);
/** Of which something is read by its names. */
export const NAMED = check('an object', isNamed);

/** A text that says something, and has to. */
export function requiredText(expected: string): Check {
  return { ...check(expected, (value) => isString(value) && value !== ''), isRequired: true };
}
