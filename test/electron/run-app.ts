import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import { displayCommand } from './find-electron.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const ROOT = join(import.meta.dirname, '..', '..');
/** What is published, where it has been built. */
export const BUILT_PRELOAD = join(ROOT, 'dist', 'electron', 'preload-script.cjs');

/** What came of a scenario of the application: what it has returned, or the error that it ended with. */
export type Outcome = { readonly value: unknown } | { readonly error: string };

/** Runs the application of the fixtures once, with each of its scenarios, in a real Electron. */
export async function runApp(binary: string, server: string): Promise<Readonly<Record<string, Outcome>>> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-electron-'));
  try {
    await bundle(folder);
    const output = join(folder, 'outcomes.json');
    const log = await run([binary, '--no-sandbox', '--disable-gpu', folder], {
      FAIRLEAD_SERVER: server,
      FAIRLEAD_OUTPUT: output,
    });
    try {
      return JSON.parse(namingOrigins(readFileSync(output, 'utf8')));
    } catch {
      throw new Error(`the application has ended without a word:\n${log.slice(-4000)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The ports of its pages are other ones each time. */
function namingOrigins(outcomes: string): string {
  const { pages } = JSON.parse(outcomes) as {
    readonly pages: { readonly main: string; readonly other: string };
  };
  return outcomes.replaceAll(pages.main, 'MAIN').replaceAll(pages.other, 'OTHER');
}

async function bundle(folder: string): Promise<void> {
  const common: BuildOptions = {
    bundle: true,
    outdir: folder,
    external: ['electron'],
    logLevel: 'error',
    target: ['node20', 'chrome130'],
  };
  await Promise.all([
    build({
      ...common,
      entryPoints: [join(FIXTURES, 'main.ts'), join(FIXTURES, 'utility.ts')],
      platform: 'node',
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
      define: { 'import.meta.url': '__filename' },
    }),
    build({ ...common, entryPoints: [join(FIXTURES, 'page.ts')], platform: 'browser', format: 'iife' }),
    build({
      ...common,
      entryPoints: [join(ROOT, 'platform', 'electron', 'preload-script.ts')],
      platform: 'browser',
      format: 'cjs',
      outExtension: { '.js': '.cjs' },
    }),
  ]);
  if (existsSync(BUILT_PRELOAD)) cpSync(BUILT_PRELOAD, join(folder, 'built-preload.cjs'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "fairlead-test", "main": "main.cjs" }');
}

/** @returns what it has written */
function run(command: readonly string[], variables: Record<string, string>): Promise<string> {
  const [file, ...words] = [...displayCommand()!, ...command];
  const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
  return new Promise((resolve, reject) => {
    const child = spawn(file!, words, { env: { ...environment, ...variables } });
    let log = '';
    const note = (chunk: Buffer): void => {
      log += chunk.toString();
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    child.once('error', reject);
    child.once('close', () => resolve(log));
  });
}
