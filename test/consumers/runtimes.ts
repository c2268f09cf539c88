import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import esbuild from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';

/** Where the tour runs. Each gives the command, and may make files in the project of the consumer first. */
export interface Runtime {
  readonly name: string;
  /** Null where its program is not on this machine. */
  prepare(directory: string): Promise<readonly string[] | null>;
}

const TOOLS = join(import.meta.dirname, 'runtimes');
const ROOT = join(import.meta.dirname, '..', '..');
const ESM = 'tour-of-node.mjs';
const CJS = 'tour-of-node-main.cjs';
/** Types are checked, too. */
const TS_NODE = [
  '--skipProject',
  '--compiler',
  join(import.meta.dirname, 'runtimes', 'node_modules', 'typescript'),
  '--compilerOptions',
  JSON.stringify({
    module: 'node16',
    moduleResolution: 'node16',
    target: 'es2022',
    strict: true,
    skipLibCheck: true,
  }),
];

/** Installs what `runtimes/package.json` names, once. */
export function installRuntimes(): void {
  if (existsSync(join(TOOLS, 'node_modules', 'workerd'))) return;
  // Not `npm ci`, which refuses a lock without the packages of other platforms that a registry does not have.
  const args = ['install', '--no-save', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  execFileSync('npm', args, { cwd: TOOLS, stdio: ['ignore', 'ignore', 'inherit'] });
}

export const RUNTIMES: readonly Runtime[] = [
  node('Node, a module', ESM),
  node('Node, a script', CJS),
  node('worker_threads', 'tour-in-worker.cjs'),
  node('cluster', 'tour-in-cluster.cjs'),
  program('Deno', tool('@deno/linux-x64-glibc/deno'), 'run', '--allow-all', '--quiet', ESM),
  program('Bun', tool('@oven/bun-linux-x64/bin/bun'), ESM),
  program('tsx', join(ROOT, 'node_modules/tsx/dist/cli.mjs'), ESM),
  program('ts-node', tool('ts-node/dist/bin.js'), ...TS_NODE, 'tour-of-node-main.cts'),
  jest('Jest, node', 'node', {}),
  // By itself Jest takes the browser set in this environment, as a bundler would.
  jest('Jest, jsdom', tool('jest-environment-jsdom'), { customExportConditions: ['node', 'node-addons'] }),
  vitest('node'),
  vitest('jsdom'),
  vitest('happy-dom'),
  bundle('esbuild, ESM, minified', 'esbuild.mjs', (directory, file) =>
    withEsbuild(directory, ESM, file, 'esm'),
  ),
  bundle('esbuild, CJS, minified', 'esbuild.cjs', (directory, file) =>
    withEsbuild(directory, CJS, file, 'cjs'),
  ),
  bundle('Rollup, ESM', 'rollup.mjs', (directory, file) => withRollup(directory, ESM, file, 'es')),
  bundle('Rollup, CJS', 'rollup.cjs', (directory, file) => withRollup(directory, CJS, file, 'cjs')),
  bundle('webpack', 'webpack.cjs', withWebpack),
  bundle('ncc, ESM', 'index.mjs', (directory, file) => withNcc(directory, ESM, file)),
  bundle('ncc, CJS', 'index.cjs', (directory, file) => withNcc(directory, CJS, file)),
  { name: 'a single executable', prepare: singleExecutable },
];

function tool(path: string): string {
  return join(TOOLS, 'node_modules', path);
}

function node(name: string, file: string): Runtime {
  return program(name, process.execPath, file);
}

/** @param path of a program, or of a script for Node */
function program(name: string, path: string, ...args: readonly string[]): Runtime {
  const command = /\.[cm]?js$/.test(path) ? [process.execPath, path] : [path];
  return { name, prepare: async () => (existsSync(path) ? [...command, ...args] : null) };
}

function jest(name: string, testEnvironment: string, testEnvironmentOptions: object): Runtime {
  const path = tool('jest/bin/jest.js');
  return {
    name,
    prepare: async (directory) => {
      if (!existsSync(path)) return null;
      const config = {
        rootDir: directory,
        // Its map of files is written without a cache, too.
        cacheDirectory: join(directory, '.jest'),
        testEnvironment,
        testEnvironmentOptions,
        testMatch: ['<rootDir>/tour-of-node.test.cjs'],
        transform: {},
      };
      return [
        process.execPath,
        path,
        '--ci',
        '--no-cache',
        '--watchman=false',
        '--config',
        JSON.stringify(config),
      ];
    },
  };
}

function vitest(environment: string): Runtime {
  const file = 'tour-of-node.test.mjs';
  const args = ['run', '--globals', '--environment', environment, file];
  // The one beside the environments: it looks for them from where it lies.
  return program(`Vitest, ${environment}`, tool('vitest/vitest.mjs'), ...args);
}

function bundle(
  name: string,
  file: string,
  make: (directory: string, file: string) => Promise<unknown>,
): Runtime {
  return {
    name,
    prepare: async (directory) => {
      // A folder that has no node_modules above it: everything is in the bundle.
      const folder = join(`${directory}-bundles`, name.replace(/\W+/g, '-'));
      mkdirSync(folder, { recursive: true });
      await make(directory, join(folder, file));
      return [process.execPath, join(folder, file)];
    },
  };
}

function withEsbuild(
  directory: string,
  entry: string,
  outfile: string,
  format: 'esm' | 'cjs',
): Promise<unknown> {
  return esbuild.build({
    absWorkingDir: directory,
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format,
    platform: 'node',
    logLevel: 'silent',
    // What esbuild asks of a module that has CommonJS in it.
    ...(format === 'esm'
      ? {
          banner: {
            js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
          },
        }
      : {}),
  });
}

async function withRollup(
  directory: string,
  entry: string,
  file: string,
  format: 'es' | 'cjs',
): Promise<unknown> {
  const build = await rollup({
    input: join(directory, entry),
    external: /^node:/,
    plugins: [nodeResolve({ exportConditions: ['node'], preferBuiltins: true }), commonjs()],
    onwarn: () => {},
  });
  return build.write({ file, format, inlineDynamicImports: true });
}

function withWebpack(directory: string, file: string): Promise<unknown> {
  const compiler = webpack({
    mode: 'production',
    context: directory,
    entry: `./${CJS}`,
    target: 'node20',
    output: { path: join(file, '..'), filename: 'webpack.cjs' },
  });
  return new Promise<void>((resolve, reject) => {
    compiler.run((error, stats) => {
      const first = stats?.toJson({ all: false, errors: true }).errors?.[0]?.message;
      compiler.close(() => (error || first ? reject(error ?? new Error(first)) : resolve()));
    });
  });
}

async function withNcc(directory: string, entry: string, file: string): Promise<void> {
  const args = [
    tool('@vercel/ncc/dist/ncc/cli.js'),
    'build',
    entry,
    '--minify',
    '--quiet',
    '--out',
    join(file, '..'),
  ];
  execFileSync(process.execPath, args, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** https://nodejs.org/docs/latest-v20.x/api/single-executable-applications.html */
async function singleExecutable(directory: string): Promise<readonly string[] | null> {
  const postject = tool('postject/dist/cli.js');
  if (!existsSync(postject) || process.platform !== 'linux') return null;
  const [main, blob, config, binary] = ['sea.cjs', 'sea.blob', 'sea.json', 'sea'].map((name) =>
    join(directory, name),
  );
  await withEsbuild(directory, CJS, main!, 'cjs');
  writeFileSync(config!, JSON.stringify({ main, output: blob, disableExperimentalSEAWarning: true }));
  const quietly = { cwd: directory, stdio: 'ignore' } as const;
  execFileSync(process.execPath, ['--experimental-sea-config', config!], quietly);
  copyFileSync(process.execPath, binary!);
  const fuse = ['--sentinel-fuse', 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2'];
  execFileSync(process.execPath, [postject, binary!, 'NODE_SEA_BLOB', blob!, ...fuse], quietly);
  return [binary!];
}
