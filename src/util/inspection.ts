/** The method by which `console.log` of Node and Bun asks an object how it is shown. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

/** Node's `util.inspect`, which hands itself over. */
export type Inspect = (value: unknown, options: object) => string;

/** The {@link INSPECT} of an object that has a `toJSON`: its class, and what that gives. */
export function inspection(
  object: { toJSON(): object },
  depth: number,
  options: object,
  inspect: Inspect | undefined,
): unknown {
  const { name } = object.constructor;
  if (depth < 0) return `[${name}]`;
  const view = object.toJSON();
  return inspect === undefined ? view : `${name} ${inspect(view, options)}`;
}
