/**
 * What src/storage/zod.ts has of the `zod/mini` package, loaded with the first call: most programs have no record to judge. This
 * is a CommonJS module because only `require` answers at once in both of our formats and is followed by bundlers.
 */
let mini = null;

function zod() {
  mini ??= require('zod/mini');
  return mini;
}

exports._default = (...args) => zod()._default(...args);
exports.array = (...args) => zod().array(...args);
exports.boolean = (...args) => zod().boolean(...args);
exports.catch = (...args) => zod().catch(...args);
exports.enum = (...args) => zod().enum(...args);
exports.exactOptional = (...args) => zod().exactOptional(...args);
exports.literal = (...args) => zod().literal(...args);
exports.nullable = (...args) => zod().nullable(...args);
exports.number = (...args) => zod().number(...args);
exports.object = (...args) => zod().object(...args);
exports.optional = (...args) => zod().optional(...args);
exports.refine = (...args) => zod().refine(...args);
exports.safeParse = (...args) => zod().safeParse(...args);
exports.string = (...args) => zod().string(...args);
exports.tuple = (...args) => zod().tuple(...args);
exports.union = (...args) => zod().union(...args);
exports.unknown = (...args) => zod().unknown(...args);
