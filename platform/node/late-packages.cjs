/**
 * The packages that Node loads with their first use, since they take longer than everything of ours and most programs use none
 * of them. This is a CommonJS module because only `require` answers at once in both of our formats and is followed by bundlers,
 * and it is one for all, because Node needs longer to find a module than to read it.
 */

/** The `tldts` package, with the first cookie that asks for the public suffix list. */
let tldts = null;

exports.getDomain = function getDomain(host, options) {
  tldts ??= require('tldts');
  return tldts.getDomain(host, options);
};

/** What src/storage/zod.ts has of the `zod/mini` package, with the first record of a store or a cache. */
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

/** The optional peer `kerberos`, with the first challenge of Negotiate: a bundler does without it where it is not installed. */
exports.loadKerberos = function loadKerberos() {
  try {
    return require('kerberos');
  } catch (cause) {
    const message =
      cause.code === 'MODULE_NOT_FOUND'
        ? 'the package kerberos, which speaks to the Kerberos of the system, is not installed: npm install kerberos, or give a securityContext of your own (new Authentication({ securityContext })). It passes no channel binding, which servers with Extended Protection demand'
        : `the package kerberos cannot be loaded: ${cause.message}`;
    throw Object.assign(new Error(message, { cause }), { code: cause.code });
  }
};

/**
 * Where QuickJS is, in which PAC files run: the optional peers `quickjs-emscripten-core` and
 * `@jitl/quickjs-wasmfile-release-sync`. The worker thread that runs them loads both by their paths, so no bundler has to follow
 * them; `__filename` is the same in both of our formats, and is that of the bundle in one.
 */
const NAMES = ['quickjs-emscripten-core', '@jitl/quickjs-wasmfile-release-sync'];

exports.locateQuickJs = function locateQuickJs() {
  const { createRequire } = process.getBuiltinModule('node:module');
  // Beside this package, the program, a single executable: never where a program happens to be run.
  const places = [typeof __filename === 'string' ? __filename : null, process.argv[1], process.execPath];
  let cause;
  for (const place of places) {
    try {
      const { resolve } = createRequire(place);
      return NAMES.map((name) => resolve(name));
    } catch (error) {
      cause ??= error;
    }
  }
  const message = `PAC files run in QuickJS, which is not installed: npm install ${NAMES.join(' ')}`;
  throw Object.assign(new Error(message, { cause }), { code: 'MODULE_NOT_FOUND' });
};
