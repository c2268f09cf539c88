import { arrayOf, type Check, isString } from './checker.ts';

/**
 * The default of an option; what else it may be (true or false where nothing is said; null, too, where that is the default);
 * and how a value is normalised for the pipeline.
 */
export type Rule<Value> = readonly [fallback: Value, check?: Check, normalise?: (value: never) => Value];
export type Rules<Options> = { readonly [Name in keyof Options]: Rule<Options[Name]> };

/** A list of texts, each of which is normalised. */
export function list(
  of: string,
  accepts: (item: string) => boolean,
  normalise: (item: string) => string,
): Rule<readonly string[]> {
  return [
    Object.freeze([]),
    arrayOf(of, (item) => isString(item) && accepts(item)),
    (items: string[]) => Object.freeze(items.map(normalise)),
  ];
}
