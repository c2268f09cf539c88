import { isObject, isString } from '../checks/checker.ts';
import { illTyped } from '../checks/option-errors.ts';

/** One value of a query. */
export type SearchParam = string | number | bigint | boolean;
/**
 * What is added to the query of a URL: text (`a=1&b=2`), a URLSearchParams, an object, or pairs. An array of values repeats
 * its name; `undefined` leaves the name out.
 */
export type SearchParamsInput =
  | string
  | URLSearchParams
  | Readonly<Record<string, SearchParam | readonly SearchParam[] | undefined>>
  | Iterable<readonly [string, SearchParam | readonly SearchParam[] | undefined]>;

/**
 * As the text of a query, encoded like a form's (WHATWG URL, application/x-www-form-urlencoded).
 * @throws TypeError for what has no plain text: null, NaN, objects
 */
export function queryOf(input: unknown): string {
  if (isString(input)) return String(new URLSearchParams(input));
  const query = new URLSearchParams();
  for (const pair of entriesOf(input)) {
    if (!Array.isArray(pair) || pair.length !== 2) throw notParams();
    const [name, values] = pair as unknown[];
    for (const value of Array.isArray(values) ? values : [values]) {
      if (!isString(name) || !isPlain(value)) throw notParams();
      if (value !== undefined) query.append(name, String(value));
    }
  }
  return String(query);
}

function entriesOf(input: unknown): Iterable<unknown> {
  if (!isObject(input)) throw notParams();
  return Symbol.iterator in input ? (input as Iterable<unknown>) : Object.entries(input);
}

function isPlain(value: unknown): boolean {
  return Number.isFinite(value) || ['string', 'boolean', 'bigint', 'undefined'].includes(typeof value);
}

function notParams(): TypeError {
  return illTyped('', 'searchParams', 'text, or names with text, finite numbers, true or false');
}
