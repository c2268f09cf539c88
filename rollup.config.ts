import { readFileSync, rmSync } from 'node:fs';
import { defineConfig, type Plugin, type RollupOptions } from 'rollup';
import dts from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';

/**
 * Every adapter set in both module formats, and one set of declarations for all of them. Which set an application gets
 * is decided by `exports` in package.json; what a set consists of, by its root in `platform/`. The sets of a format are
 * built together: what they have in common is a chunk that they share.
 */

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
};

/** Output name → root. */
const SETS = {
  'node/index': 'platform/node/index.ts',
  'node/extras': 'platform/node/extras.ts',
  'browser/index': 'platform/browser/index.ts',
  'browser/extras': 'platform/browser/extras.ts',
  'portable/index': 'platform/portable/index.ts',
};

/** For conformance adapters and tests of internals: built, but neither in `exports` nor in the package. */
const INTERNAL = { internal: 'platform/node/internal.ts' };

const DECLARATIONS = {
  index: 'platform/portable/index.ts',
  node: 'platform/node/extras.ts',
  browser: 'platform/browser/extras.ts',
};

rmSync('dist', { recursive: true, force: true });

export default defineConfig([
  bundle({ ...SETS, ...INTERNAL }, 'es', esbuild({ target: 'es2022' }), 'js'),
  bundle(SETS, 'cjs', esbuild({ target: 'es2022' }), 'cjs'),
  // TypeScript does not accept the declarations of an ES module for a CommonJS one, so there are two copies.
  bundle(DECLARATIONS, 'es', dts(), 'd.ts'),
  bundle(DECLARATIONS, 'es', dts(), 'd.cts'),
]);

function bundle(
  input: Record<string, string>,
  format: 'es' | 'cjs',
  plugin: Plugin,
  extension: string,
): RollupOptions {
  return {
    input,
    plugins: [plugin],
    external: isExternal,
    output: {
      dir: 'dist',
      format,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `chunks/[name]-[hash].${extension}`,
    },
    onwarn: (warning) => {
      throw new Error(`rollup: ${warning.message}`);
    },
  };
}

/** Dependencies stay imports: Node resolves them at run time, a bundler when it bundles the application. */
function isExternal(id: string): boolean {
  const names = Object.keys(dependencies);
  return id.startsWith('node:') || names.some((name) => id === name || id.startsWith(`${name}/`));
}
