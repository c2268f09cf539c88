import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { transform } from 'esbuild';
import { defineConfig, type Plugin, type RollupLog, type RollupOptions } from 'rollup';
import dts from 'rollup-plugin-dts';
import esbuild from 'rollup-plugin-esbuild';
import { SHORT_MEMBERS } from './scripts/internal-members.ts';

/**
 * Every adapter set in both module formats, and one set of declarations for all of them. Which set an application gets
 * is decided by `exports` in package.json; what a set consists of, by its root in `platform/`.
 *
 * What Node loads is a few large files. What bundlers take stays in its modules, so that they can leave out each one that
 * an application does not use.
 */

const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  dependencies: Record<string, string>;
};

/** Output name → root. */
const NODE_SETS = {
  'node/index': 'platform/node/index.ts',
  'node/extras': 'platform/node/extras.ts',
};
const BROWSER_SET = {
  'browser/index': 'platform/browser/index.ts',
  'browser/extras': 'platform/browser/extras.ts',
};
const PORTABLE_SET = { 'portable/index': 'platform/portable/index.ts' };

/** What such a set loads late, one a layer. */
const LATE_PARTS = ['src/reply/rare.ts', 'src/pipeline/rare.ts', 'platform/common/fetch-rare.ts'];

/** For conformance adapters and tests of internals: built, but neither in `exports` nor in the package. */
const INTERNAL = { internal: 'platform/node/internal.ts' };

const DECLARATIONS = {
  index: 'platform/portable/index.ts',
  node: 'platform/node/extras.ts',
  browser: 'platform/browser/extras.ts',
};

rmSync('dist', { recursive: true, force: true });

export default defineConfig([
  nodeSets({ ...NODE_SETS, ...INTERNAL }, 'es', 'js'),
  nodeSets(NODE_SETS, 'cjs', 'cjs'),
  modules('browser', BROWSER_SET, 'es', 'js'),
  modules('browser', BROWSER_SET, 'cjs', 'cjs'),
  modules('portable', PORTABLE_SET, 'es', 'js'),
  modules('portable', PORTABLE_SET, 'cjs', 'cjs'),
  // TypeScript does not accept the declarations of an ES module for a CommonJS one, so there are two copies.
  bundle(DECLARATIONS, 'es', 'd.ts', [declarations()], isExternal),
  bundle(DECLARATIONS, 'es', 'd.cts', [declarations()], isExternal),
]);

/**
 * With eventemitter3 and tldts in them: to import a CommonJS package from a module, Node looks for its exports first, which
 * takes longer than everything else of ours together.
 */
function nodeSets(input: Record<string, string>, format: 'es' | 'cjs', extension: string): RollupOptions {
  const plugins = [eventEmitterModule(), publicSuffixModule(), esbuild({ target: 'es2022' })];
  const isIncluded = (id: string): boolean => id === 'eventemitter3' || id === 'tldts';
  return bundle(input, format, extension, plugins, (id) => !isIncluded(id) && isExternal(id));
}

function bundle(
  input: Record<string, string>,
  format: 'es' | 'cjs',
  extension: string,
  plugins: Plugin[],
  external: (id: string) => boolean,
): RollupOptions {
  return {
    input,
    plugins,
    external,
    output: {
      dir: 'dist',
      format,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `chunks/[name]-[hash].${extension}`,
    },
    onwarn: refuse,
  };
}

function modules(
  platform: string,
  input: Record<string, string>,
  format: 'es' | 'cjs',
  extension: string,
): RollupOptions {
  return {
    input,
    plugins: [latePart(platform), eventEmitterModule(), esbuild({ target: 'es2022' }), shortMembers()],
    // As package.json says. Without it, modules of which nothing is used are imported for their effects.
    treeshake: { moduleSideEffects: false },
    external: (id) => id !== 'eventemitter3' && isExternal(id),
    output: {
      dir: 'dist',
      format,
      preserveModules: true,
      // npm packs no folder of the name node_modules.
      entryFileNames: ({ name }) =>
        `${Object.hasOwn(input, name) ? '' : `${platform}/modules/`}${name.replace('node_modules/', '')}.${extension}`,
    },
    onwarn: refuse,
  };
}

/**
 * The late parts as one module: a file that a page loads costs it a request, and those that it does not load cost names in
 * the others, by which they share what is loaded at once. For the same reason that is listed here as a whole: a bundler
 * that puts aside what more than one file needs makes one file of it then, and not several that know each other.
 */
function latePart(platform: string): Plugin {
  const id = resolve('late.ts');
  const parts = LATE_PARTS.map((path) => resolve(path));
  const found = new Set<string>();
  const platformRoot = resolve(`platform/${platform}/platform.ts`);
  return {
    name: 'late-part',
    async resolveDynamicImport(specifier, importer) {
      const target = typeof specifier === 'string' ? await this.resolve(specifier, importer) : null;
      if (target === null || !parts.includes(target.id)) return null;
      found.add(target.id);
      return id;
    },
    load: (loaded) =>
      loaded !== id
        ? null
        : [
            ...parts.map((path) => `export * from ${JSON.stringify(path)};`),
            `export { Manager } from ${JSON.stringify(resolve('src/manager.ts'))};`,
            `export { ${platform}Platform } from ${JSON.stringify(platformRoot)};`,
          ].join('\n'),
    buildEnd() {
      const missing = parts.filter((path) => !found.has(path));
      if (missing.length > 0) this.error(`nobody loads ${missing.join(', ')} late any more`);
    },
  };
}

/**
 * eventemitter3 among our modules: as it is published, in CommonJS, each bundler adds a runtime for it to the page. Without
 * what `src/signals.ts`, its only user, does not have in its type: no bundler can leave out methods and parameters. A test
 * compares it with the original.
 */
function eventEmitterModule(): Plugin {
  const folder = resolve('node_modules/eventemitter3');
  const license = readFileSync(join(folder, 'LICENSE'), 'utf8');
  const method = (name: string): RegExp =>
    new RegExp(`^EventEmitter\\.prototype\\.${name} = function[\\s\\S]*?^};$`, 'm');
  const commonJs = /if \('undefined' !== typeof module\) \{\s*module\.exports = EventEmitter;\s*\}/;
  const edits: readonly [RegExp, string][] = [
    [commonJs, 'export { EventEmitter };'],
    [/^if \(Object\.create\) \{[\s\S]*?^\}$/m, 'Events.prototype = Object.create(null);'],
    [/^EventEmitter\.(prototype\.(addListener|off)|prefixed|EventEmitter) = .*$/gm, ''],
    [
      /^EventEmitter\.prototype\.removeListener = function removeListener/m,
      'EventEmitter.prototype.off = function off',
    ],
    ...['eventNames', 'listenerCount', 'emit', 'once', 'removeAllListeners'].map((name): [RegExp, string] => [
      method(name),
      '',
    ]),
    // No names that need a prefix.
    [/^ {2}, prefix = '~';$/m, ';'],
    [/prefix \? prefix \+ event : event/g, 'event'],
    // No contexts, and no listeners for once.
    [/^ {2}this\.context = context;\n {2}this\.once = once \|\| false;$/m, ''],
    [/\(fn, context \|\| emitter, once\)/, '(fn)'],
    [/ &&\s*\(!once \|\| listeners\.once\) &&\s*\(!context \|\| listeners\.context === context\)/, ''],
    [/ \|\|\s*\(once && !\w+\[i\]\.once\) \|\|\s*\(context && \w+\[i\]\.context !== context\)/, ''],
    [/fn, context, (once|false)\)/g, 'fn)'],
    [/\(event, fn, context\)/g, '(event, fn)'],
    // Members that nobody else knows, either.
    [/\b_events\b/g, '_e'],
    [/\b_eventsCount\b/g, '_n'],
  ];
  return {
    name: 'eventemitter3-module',
    resolveId: (id) => (id === 'eventemitter3' ? join(folder, 'index.js') : null),
    transform(code, id) {
      if (id !== join(folder, 'index.js')) return null;
      let edited = code;
      for (const [pattern, replacement] of edits) {
        if (!pattern.test(edited)) return this.error(`eventemitter3 has no ${pattern} any more`);
        edited = edited.replace(pattern, replacement);
      }
      return { code: `/*\n${license}*/\n${edited}`, map: null };
    },
  };
}

/** Members that only we know, by short names: the same ones in every module. */
function shortMembers(): Plugin {
  const mangleProps = new RegExp(`^(${Object.keys(SHORT_MEMBERS).join('|')})$`);
  return {
    name: 'short-members',
    async transform(code, id) {
      if (id.includes('node_modules')) return null;
      const shorter = await transform(code, { mangleProps, mangleCache: { ...SHORT_MEMBERS } });
      return { code: shorter.code, map: null };
    },
  };
}

/** tldts, run by its first use: most programs that load us never ask it, and its tables take a while to build. */
function publicSuffixModule(): Plugin {
  const folder = resolve('node_modules/tldts');
  const license = readFileSync(join(folder, 'LICENSE'), 'utf8');
  const file = join(folder, 'dist/index.cjs.min.js');
  return {
    name: 'public-suffix-module',
    resolveId: (id) => (id === 'tldts' ? file : null),
    load(id) {
      if (id !== file) return null;
      const source = readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL.*$/m, '');
      return `/*\n${license}*/
function run(exports) {\n${source}\nreturn exports;\n}
let tldts = null;
export function getDomain(host, options) {
  tldts ??= run({});
  return tldts.getDomain(host, options);
}`;
    },
  };
}

/** Without what is marked `@internal`. */
function declarations(): Plugin {
  return dts({ compilerOptions: { stripInternal: true } });
}

function refuse(warning: RollupLog): never {
  throw new Error(`rollup: ${warning.message}`);
}

/** Dependencies stay imports: Node resolves them at run time, a bundler when it bundles the application. */
function isExternal(id: string): boolean {
  const names = Object.keys(dependencies);
  return id.startsWith('node:') || names.some((name) => id === name || id.startsWith(`${name}/`));
}
