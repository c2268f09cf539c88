/**
 * QuickJS, in which PAC files run: the optional peers `quickjs-emscripten-core` and `@jitl/quickjs-wasmfile-release-sync`, loaded
 * with the first PAC file. This is a CommonJS module because only `require` is the same in both of our formats and followed by
 * bundlers; within `try`, so that a bundler does without what is not installed.
 */
let loading = null;

exports.loadQuickJs = function loadQuickJs() {
  loading ??= load();
  // What is not installed now may be later, and what failed once may work the next time.
  loading.catch(() => {
    loading = null;
  });
  return loading;
};

/** The next load makes a new module: this one has aborted, and does nothing any more. */
exports.forgetQuickJs = function forgetQuickJs() {
  loading = null;
};

async function load() {
  let core;
  let variant;
  try {
    core = require('quickjs-emscripten-core');
    variant = require('@jitl/quickjs-wasmfile-release-sync');
  } catch (cause) {
    const message =
      'PAC files run in QuickJS, which is not installed: npm install quickjs-emscripten-core @jitl/quickjs-wasmfile-release-sync';
    throw Object.assign(new Error(message, { cause }), { code: 'MODULE_NOT_FOUND' });
  }
  return core.newQuickJSWASMModuleFromVariant(variant.default ?? variant);
}
