/**
 * What records are described with: of `zod/mini` what is used, so that a bundler for pages leaves out the rest. On Node the
 * build has `platform/node/late-packages.cjs` in place of this module, which loads the package with the first record.
 */
export {
  _default,
  array,
  boolean,
  catch,
  enum,
  exactOptional,
  literal,
  nullable,
  number,
  object,
  optional,
  refine,
  safeParse,
  string,
  tuple,
  union,
  unknown,
} from 'zod/mini';
