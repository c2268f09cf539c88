import { isString, wholeNumber, withMethods } from './checker.ts';

/**
 * The default of an option; what else it may be, in words for the error and as a check (when there is none, everything
 * of the same type); and how a value is normalised for the pipeline.
 */
export type Rule<Value> = readonly [
  fallback: Value,
  expected?: string,
  accepts?: (value: unknown) => boolean,
  normalise?: (value: never) => Value,
];
export type Rules<Options> = { readonly [Name in keyof Options]: Rule<Options[Name]> };

export function whole(fallback: number, least?: number, most?: number): Rule<number> {
  const { expected, accepts } = wholeNumber(least, most);
  return [fallback, expected, accepts];
}

/** An option that has no value unless it is set. */
export function unset<Value>([, ...rest]: Rule<Value>): Rule<Value | null> {
  return [null, ...rest];
}

export function choice<Value extends string, Fallback extends Value | null>(
  fallback: Fallback,
  ...values: readonly Value[]
): Rule<Value | Fallback> {
  return [fallback, `one of ${values.join(', ')}`, (value) => values.includes(value as Value)];
}

export function list(
  of: string,
  accepts: (item: string) => boolean,
  normalise: (item: string) => string,
): Rule<readonly string[]> {
  return [
    Object.freeze([]),
    `an array of ${of}`,
    (value) => Array.isArray(value) && value.every((item) => isString(item) && accepts(item)),
    (items: string[]) => items.map(normalise),
  ];
}

/** A part that can be left out. */
export function part(...methods: string[]): Rule<null> {
  const { expected, accepts } = withMethods(...methods);
  return [null, expected, accepts];
}
