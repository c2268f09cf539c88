/**
 * Where QuickJS is, in which PAC files run: the optional peers `quickjs-emscripten-core` and
 * `@jitl/quickjs-wasmfile-release-sync`. The worker thread that runs them loads both by their paths, so no bundler has to follow
 * them. This is a CommonJS module because `__filename` is the same in both of our formats, and is that of the bundle in one.
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
