import * as z from './zod.ts';

interface Schema<Value> {
  readonly _zod: { readonly output: Value };
}

/**
 * Judges records that come from outside of the process: a store, a disk, a database, another program. What wrote them may have
 * been another version of this package, a user with an editor, or damage. The judge gives the value with nothing in it that the
 * schema does not name, or null.
 *
 * @param describe makes the schema; called with the first record
 */
export function recordJudge<Value>(describe: () => Schema<Value>): (record: unknown) => Value | null {
  let schema: Schema<Value> | null = null;
  return (record) => {
    schema ??= describe();
    const judged = z.safeParse(schema as Parameters<typeof z.safeParse>[0], record);
    return judged.success ? (judged.data as Value) : null;
  };
}

/** For a `refine`: a number of things, or of bytes. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
