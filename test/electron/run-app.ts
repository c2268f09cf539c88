import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, build } from 'esbuild';
import type { TransportEnvironment } from '../suites/transport.ts';
import { displayCommand } from './find-electron.ts';
import type { ScenarioGroup } from './fixtures/main.ts';
import type { TestOutcome } from './fixtures/vitest.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const ROOT = join(import.meta.dirname, '..', '..');
/** What is published, where it has been built. */
export const BUILT_PRELOAD = join(ROOT, 'dist', 'electron', 'preload-script.cjs');

/** What came of a scenario of the application: what it has returned, or the error that it ended with. */
type Outcome = { readonly value: unknown } | { readonly error: string };

/** What came of all of them, by their names. */
export class Outcomes {
  readonly #outcomes: Readonly<Record<string, Outcome>>;

  constructor(outcomes: Readonly<Record<string, Outcome>>) {
    this.#outcomes = outcomes;
  }

  /** @throws what the scenario has failed with */
  of(name: string): unknown {
    const outcome = this.#outcomes[name];
    if (outcome !== undefined && 'value' in outcome) return outcome.value;
    throw new Error(`${name}: ${outcome?.error ?? 'did not run'}`);
  }
}

/** Runs the application of the fixtures once, with each scenario of a group, in a real Electron. */
export async function runApp(
  binary: string,
  group: ScenarioGroup,
  server: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Outcomes> {
  const given = { ...variables, FAIRLEAD_SERVER: server, FAIRLEAD_GROUP: group };
  const output = await runMain(binary, given, async (folder) => {
    await Promise.all([bundleMain(folder, 'main', 'utility'), bundlePages(folder)]);
  });
  return new Outcomes(JSON.parse(namingOrigins(output)));
}

/** Runs the suite of transports over Electron's `net`. */
export async function runTransportSuite(
  binary: string,
  environment: TransportEnvironment,
): Promise<readonly TestOutcome[]> {
  const variables = { FAIRLEAD_ENVIRONMENT: JSON.stringify(environment) };
  return JSON.parse(await runMain(binary, variables, (folder) => bundleMain(folder, 'transport')));
}

/** Of whom the client is that passes the suite of clients: the main process has the manager itself, the others use it. */
export type ClientPlace = 'main' | 'utility' | 'page';

/** Runs the suite of clients in each process of an application. */
export async function runClientSuite(
  binary: string,
  server: string,
): Promise<Readonly<Record<ClientPlace, readonly TestOutcome[]>>> {
  const output = await runMain(binary, { FAIRLEAD_SERVER: server }, async (folder) => {
    await Promise.all([
      bundleMain(folder, 'clients', 'clients-utility'),
      bundlePages(folder, 'clients-page'),
    ]);
  });
  return JSON.parse(output);
}

/** Runs the example as a user does who logs in, downloads and goes offline. Its window is kept as `example.png` beside the reports. */
export async function runExample(
  binary: string,
  servers: { readonly api: string; readonly control: string },
): Promise<Readonly<Record<string, unknown>>> {
  const picture = join(ROOT, '.cache', 'example.png');
  const variables = { API: servers.api, FAIRLEAD_CONTROL: servers.control, FAIRLEAD_PICTURE: picture };
  return JSON.parse(
    await runMain(binary, variables, async (folder) => {
      const example = join(ROOT, 'examples', 'electron');
      await Promise.all([
        bundleMain(folder, 'example'),
        bundlePreload(folder),
        build({
          ...COMMON,
          outdir: folder,
          platform: 'browser',
          format: 'iife',
          entryPoints: [join(example, 'page.ts')],
          alias: {
            fairlead: join(ROOT, 'platform', 'browser', 'index.ts'),
            'fairlead/electron/renderer': join(ROOT, 'platform', 'electron', 'renderer.ts'),
          },
        }),
      ]);
      cpSync(join(example, 'page.html'), join(folder, 'page.html'));
    }),
  );
}

/** @returns what the application has written to the file that it is told */
async function runMain(
  binary: string,
  variables: Readonly<Record<string, string>>,
  makeApp: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-electron-'));
  try {
    await makeApp(folder);
    const output = join(folder, 'outcomes.json');
    const command = [binary, '--no-sandbox', '--disable-gpu', folder];
    const log = await run(command, { ...variables, FAIRLEAD_OUTPUT: output });
    try {
      return readFileSync(output, 'utf8');
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

const COMMON: BuildOptions = {
  bundle: true,
  // What is published has no side effects; these programs are nothing else.
  ignoreAnnotations: true,
  external: ['electron'],
  logLevel: 'error',
  target: ['node20', 'chrome130'],
};

/** The first of the entries is what runs in the main process. */
async function bundleMain(folder: string, ...entries: readonly string[]): Promise<void> {
  await build({
    ...COMMON,
    outdir: folder,
    entryPoints: entries.map((entry) => join(FIXTURES, `${entry}.ts`)),
    platform: 'node',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    define: { 'import.meta.url': '__filename' },
    alias: {
      vitest: join(FIXTURES, 'vitest.ts'),
      fairlead: join(ROOT, 'platform', 'node', 'index.ts'),
      'fairlead/node': join(ROOT, 'platform', 'node', 'extras.ts'),
      'fairlead/electron/main': join(ROOT, 'platform', 'electron', 'main.ts'),
    },
  });
  writeFileSync(join(folder, 'package.json'), `{ "name": "fairlead-test", "main": "${entries[0]}.cjs" }`);
}

async function bundlePreload(folder: string): Promise<void> {
  await build({
    ...COMMON,
    outdir: folder,
    platform: 'browser',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    entryPoints: [join(ROOT, 'platform', 'electron', 'preload-script.ts')],
  });
}

async function bundlePages(folder: string, script = 'page'): Promise<void> {
  const page: BuildOptions = { ...COMMON, outdir: folder, platform: 'browser', format: 'iife' };
  const alias = { vitest: join(FIXTURES, 'vitest.ts') };
  await Promise.all([
    build({ ...page, alias, entryPoints: [join(FIXTURES, `${script}.ts`)] }),
    bundlePreload(folder),
  ]);
  if (existsSync(BUILT_PRELOAD)) cpSync(BUILT_PRELOAD, join(folder, 'built-preload.cjs'));
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
    // Its own scenarios have bounds; this is for an application that waits for somebody to close a window.
    const patience = setTimeout(() => child.kill('SIGKILL'), 240_000);
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(patience);
      resolve(log);
    });
  });
}
