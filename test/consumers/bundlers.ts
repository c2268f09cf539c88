import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import esbuild from 'esbuild';
import { type OutputAsset, type OutputChunk, rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack, { type StatsModule } from 'webpack';

/** What a bundler made of `page.mjs`: one file to start with, and those that it loads when it needs them. */
export interface Bundle {
  readonly entry: string;
  /** Name → text of all files. */
  readonly files: Readonly<Record<string, string>>;
  /** Paths of what went into them. */
  readonly modules: readonly string[];
}

const ENTRY = 'page.mjs';

export function withEsbuild(
  directory: string,
  platform: esbuild.Platform = 'browser',
  entry: string = ENTRY,
  splitting = true,
): Bundle {
  const { metafile, outputFiles } = esbuild.buildSync({
    absWorkingDir: directory,
    entryPoints: [entry],
    outdir: '.',
    bundle: true,
    splitting,
    minify: true,
    format: 'esm',
    platform,
    mainFields: ['browser', 'module', 'main'],
    metafile: true,
    write: false,
  });
  const files = outputFiles.map(({ path, text }) => [path.slice(directory.length + 1), text] as const);
  return {
    entry: entry.replace('.mjs', '.js'),
    files: Object.fromEntries(files),
    modules: Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.keys(inputs).filter((path) => inputs[path]!.bytesInOutput > 0),
    ),
  };
}

/** The text of what is loaded at once: the entry and what it imports statically. */
export function eagerText({ entry, files }: Bundle): string {
  const names = new Set([entry]);
  for (const name of names) {
    for (const [, imported] of files[name]!.matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g))
      names.add(imported!);
  }
  return [...names].map((name) => files[name]).join('');
}

export async function withRollup(directory: string): Promise<Bundle> {
  const build = await rollup({
    input: join(directory, ENTRY),
    plugins: [nodeResolve({ browser: true }), commonjs()],
  });
  const { output } = await build.generate({ format: 'es' });
  return ofChunks(output);
}

export async function withVite(directory: string): Promise<Bundle> {
  const result = await vite({
    root: directory,
    configFile: false,
    logLevel: 'silent',
    build: { write: false, rollupOptions: { input: join(directory, ENTRY) } },
  });
  if (!('output' in result)) throw new Error('vite: expected one build');
  return ofChunks(result.output);
}

type Output = Pick<OutputChunk, 'type' | 'fileName' | 'code' | 'moduleIds'> | Pick<OutputAsset, 'type'>;

function ofChunks(output: readonly Output[]): Bundle {
  const chunks = output.filter((file) => file.type === 'chunk');
  return {
    entry: chunks[0]!.fileName,
    files: Object.fromEntries(chunks.map(({ fileName, code }) => [fileName, code])),
    modules: chunks.flatMap(({ moduleIds }) => moduleIds),
  };
}

export async function withWebpack(directory: string, target: string): Promise<Bundle> {
  const path = join(directory, `webpack-${target}`);
  const compiler = webpack({
    mode: 'production',
    context: directory,
    entry: `./${ENTRY}`,
    target,
    output: { path, filename: 'page.js', publicPath: '/' },
  });
  const modules = await new Promise<StatsModule[]>((resolve, reject) => {
    compiler.run((error, stats) => {
      const json = stats?.toJson({ all: false, errors: true, modules: true, nestedModules: true });
      const first = json?.errors?.[0]?.message;
      compiler.close(() =>
        error || first ? reject(error ?? new Error(first)) : resolve(json?.modules ?? []),
      );
    });
  });
  const scripts = readdirSync(path).filter((name) => name.endsWith('.js'));
  return {
    entry: 'page.js',
    files: Object.fromEntries(scripts.map((name) => [name, readFileSync(join(path, name), 'utf8')])),
    modules: modules.flatMap((module) => [module, ...(module.modules ?? [])]).map(({ name }) => name ?? ''),
  };
}
