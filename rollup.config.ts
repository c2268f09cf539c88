import { cpSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import { defineConfig, type OutputOptions, type RollupLog, type RollupOptions } from 'rollup';
import esbuild from 'rollup-plugin-esbuild';
import { declarations } from './scripts/declarations.ts';
import { isLate } from './scripts/late-built-ins.ts';
import { nodeChunks } from './scripts/node-chunks.ts';
import { licenseOf, nodePlugins } from './scripts/node-plugins.ts';

/**
 * Every adapter set in both module formats, and one set of declarations for all. Which set an application gets is decided by
 * `exports` in package.json; what a set consists of, by its root in `platform/`. What Node loads is a few large files; what
 * bundlers take stays in its modules, so that they can leave out each one that is not used.
 */
const packages = ['fairlead', ...Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies)];

const set = (...names: string[]) => Object.fromEntries(names.map((name) => [name, `platform/${name}.ts`]));
const NODE_SETS = set('node/index', 'node/extras', 'node/bridge', 'electron/main');
const BRIDGE = 'platform/bridge/index.ts';
const WORKER = 'platform/worker/index.ts';
const PAGES = {
  ...set('browser/index', 'browser/extras', 'electron/renderer', 'electron/preload'),
  'browser/bridge': BRIDGE,
  'browser/worker': WORKER,
};
/** The command, and for conformance adapters and tests of internals what is neither in `exports` nor in the package. */
const OTHERS = { cli: 'examples/cli/bin.ts', internal: 'platform/node/internal.ts' };
const DECLARATIONS = {
  index: 'platform/portable/index.ts',
  node: 'platform/node/extras.ts',
  browser: 'platform/browser/extras.ts',
  bridge: BRIDGE,
  worker: WORKER,
  ...set('electron/main', 'electron/preload', 'electron/preload-script', 'electron/renderer'),
};
/** What loads packages late on Node is published as it is written, since it has to be CommonJS in both formats. */
const LATE_PACKAGES = 'node/late-packages.cjs';
const LATE = [`platform/${LATE_PACKAGES}`, 'src/storage/zod.ts'].map((module) => resolve(module));
const EXTENSION = { es: 'js', cjs: 'cjs' };
type Format = keyof typeof EXTENSION;
rmSync('dist', { recursive: true, force: true });
cpSync(`platform/${LATE_PACKAGES}`, `dist/${LATE_PACKAGES}`);

const sets = [
  nodeSets({ ...NODE_SETS, ...OTHERS }, 'es'),
  nodeSets(NODE_SETS, 'cjs'),
  ...(['es', 'cjs'] as const).flatMap((format) => [
    modules('browser', PAGES, format),
    modules('portable', { ...set('portable/index'), 'portable/bridge': BRIDGE }, format),
  ]),
  singleFile('browser/index', 'browser/fairlead.min.js', 'es'),
  singleFile('electron/preload-script', 'electron/preload-script.cjs', 'cjs'),
  // TypeScript does not accept the declarations of an ES module for a CommonJS one, so there are two copies.
  ...['d.ts', 'd.cts'].map((extension) => declarations(DECLARATIONS, isExternal, extension)),
];

const onwarn = ({ message }: RollupLog): void => {
  if (!message.includes('node_modules/')) throw new Error(`rollup: ${message}`);
};
export default defineConfig(sets.map((options) => ({ ...options, onwarn })));

/** With eventemitter3 in them: Node takes longer to find one more package than to load everything of ours. */
function nodeSets(input: Record<string, string>, format: Format): RollupOptions {
  return {
    input,
    plugins: nodePlugins(),
    external: (id) => id !== 'eventemitter3' && !isLate(id) && (LATE.includes(id) || isExternal(id)),
    output: {
      ...common(format),
      entryFileNames: `[name].${EXTENSION[format]}`,
      chunkFileNames: `chunks/[name]-[hash].${EXTENSION[format]}`,
      manualChunks: nodeChunks,
      hoistTransitiveImports: false,
      paths: (id) => (LATE.includes(id) ? LATE_PACKAGES : id),
      banner: licenseOf,
    },
  };
}

function modules(platform: string, input: Record<string, string>, format: Format): RollupOptions {
  return {
    input,
    plugins: [esbuild({ target: 'es2022' })],
    // As package.json says. Without it, modules of which nothing is used are imported for their effects.
    treeshake: { moduleSideEffects: false },
    external: isExternal,
    output: {
      ...common(format),
      preserveModules: true,
      entryFileNames: ({ name }) =>
        `${Object.hasOwn(input, name) ? '' : `${platform}/modules/`}${name}.${EXTENSION[format]}`,
    },
  };
}

/** For whom can load no other file: pages without a bundler, the preload script of a sandboxed window. */
function singleFile(name: string, file: string, format: Format): RollupOptions {
  return {
    input: `platform/${name}.ts`,
    plugins: [nodeResolve({ browser: true }), commonjs(), esbuild({ target: 'es2022', minify: true })],
    external: 'electron',
    output: { file: `dist/${file}`, format, sourcemap: true, inlineDynamicImports: true },
  };
}

/** Without `import()` in CommonJS: what compiles scripts by itself (Jest) has none. */
function common(format: Format): OutputOptions {
  return { dir: 'dist', format, sourcemap: true, dynamicImportInCjs: false };
}

/** Dependencies stay imports: Node resolves them at run time, a bundler when it bundles the application. */
function isExternal(id: string): boolean {
  return id.startsWith('node:') || packages.some((name) => `${id}/`.startsWith(`${name}/`));
}
