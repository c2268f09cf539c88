import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import esbuild from 'esbuild';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import webpack, { type StatsModule } from 'webpack';

/** What a bundler made of `page.mjs`. */
export interface Bundle {
  readonly code: string;
  /** Paths of what went into it. */
  readonly modules: readonly string[];
}

const ENTRY = 'page.mjs';

export function withEsbuild(directory: string, platform: esbuild.Platform = 'browser'): Bundle {
  const { metafile, outputFiles } = esbuild.buildSync({
    absWorkingDir: directory,
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: 'esm',
    platform,
    mainFields: ['browser', 'module', 'main'],
    metafile: true,
    write: false,
  });
  return { code: outputFiles[0]!.text, modules: Object.keys(metafile.inputs) };
}

export async function withRollup(directory: string): Promise<Bundle> {
  const build = await rollup({
    input: join(directory, ENTRY),
    plugins: [nodeResolve({ browser: true }), commonjs()],
  });
  const { output } = await build.generate({ format: 'es' });
  return ofChunk(output[0]);
}

export async function withVite(directory: string): Promise<Bundle> {
  const result = await vite({
    root: directory,
    configFile: false,
    logLevel: 'silent',
    build: { write: false, rollupOptions: { input: join(directory, ENTRY) } },
  });
  if (!('output' in result)) throw new Error('vite: expected one build');
  return ofChunk(result.output[0]);
}

function ofChunk(chunk: { readonly code: string; readonly moduleIds: readonly string[] }): Bundle {
  return { code: chunk.code, modules: chunk.moduleIds };
}

export async function withWebpack(directory: string, target: string): Promise<Bundle> {
  const path = join(directory, `webpack-${target}`);
  const compiler = webpack({
    mode: 'production',
    context: directory,
    entry: `./${ENTRY}`,
    target,
    output: { path, filename: 'page.js' },
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
  const names = modules
    .flatMap((module) => [module, ...(module.modules ?? [])])
    .map(({ name }) => name ?? '');
  return { code: readFileSync(join(path, 'page.js'), 'utf8'), modules: names };
}
