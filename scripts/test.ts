import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { findChromium, findFirefox, findWebKit } from '../test/browser/engines.ts';
import { findElectron } from '../test/electron/find-electron.ts';
import { OTHER_MAJORS, otherNodes } from '../test/support/other-nodes.ts';
import {
  BORINGSSL_FILES,
  CORE_FILES,
  isInstalled,
  OTHER_RUNTIMES,
  type OtherRuntime,
} from '../test/support/other-runtimes.ts';
import { whySkipped } from './skips.ts';

/**
 * `npm test`: everything, one step after the other (two browsers at once starve each other on a small machine). The
 * last line is the sum of all runners: `N passed, N failed, N skipped`.
 */

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of Vitest's JSON report that is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const REPORTS = join('.cache', 'test');

/** What failed, a line each: told again at the end, where a log of which only the end is kept still has it. */
const failures: string[] = [];

/** File and reason → how many tests were skipped for it, in all runs. */
const skips = new Map<string, number>();

function noteSkip(file: string, reason: string): void {
  const line = `${file}: ${reason}`;
  skips.set(line, (skips.get(line) ?? 0) + 1);
}

/** Counts as one test. */
function command(name: string, script: string, ...args: string[]): Counts {
  announce(name);
  const succeeded = run(script, args);
  if (!succeeded) failures.push(name);
  return { passed: Number(succeeded), failed: Number(!succeeded), skipped: 0 };
}

/**
 * @param node the binary that runs it, of the major version `major`
 * @param share which part of it
 */
function vitest(project: string, major = '', node: string = process.execPath, share = '1/1'): Counts {
  announce(major === '' ? project : `${project}, ${share === '1/1' ? '' : `part ${share}, `}Node ${major}`);
  const file = join(REPORTS, `${project}${major}.json`);
  const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const args = ['run', '--project', project, `--shard=${share}`, ...options];
  const succeeded = run('node_modules/vitest/vitest.mjs', args, node);
  const { passed, failed, skipped } = readReport(file, `${project}${major}`);
  if (!succeeded && failed === 0) failures.push(`${project}${major}: an error outside of any test`);
  // A file that does not load, or an error outside of any test, fails the run without a failed test.
  return { passed, failed: succeeded ? failed : Math.max(failed, 1), skipped };
}

/** The core of the Node suite on a runtime beside Node. */
function core(runtime: OtherRuntime): Counts {
  const { name, program, before, options } = runtime;
  announce(`node, its core on ${name}`);
  const file = join(REPORTS, `${name}.json`);
  const vitest = 'node_modules/vitest/vitest.mjs';
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const args = [...before, vitest, 'run', '--project', 'node', ...options, ...reporters, ...CORE_FILES];
  spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  return readReport(file, name);
}

function onOtherRuntimes(): Counts[] {
  return OTHER_RUNTIMES.map((runtime) => {
    if (isInstalled(runtime)) return core(runtime);
    announce(`node, its core on ${runtime.name}: skipped`);
    noteSkip(`the core on ${runtime.name}`, 'npm has no binary for this machine');
    return { passed: 0, failed: 0, skipped: 1 };
  });
}

/** What depends on BoringSSL, in the main process of Electron as far as Node goes. */
function onBoringSsl(): Counts {
  const binary = findElectron();
  announce(`node on BoringSSL (Electron)${binary === null ? ': skipped, it cannot be had here' : ''}`);
  if (binary === null) return { passed: 0, failed: 0, skipped: 1 };
  const file = join(REPORTS, 'boringssl.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    'node',
    ...reporters,
    ...BORINGSSL_FILES,
  ];
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1' };
  spawnSync(binary, args, { stdio: ['ignore', 'inherit', 'inherit'], env });
  return readReport(file, 'BoringSSL');
}

function readReport(file: string, runner: string): Counts {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
    noteFailures(report, runner);
    noteSkips(report);
    return {
      passed: report.numPassedTests,
      failed: report.numFailedTests,
      skipped: report.numPendingTests + report.numTodoTests,
    };
  } catch {
    failures.push(`${runner}: no report`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function noteFailures(report: Report, runner: string): void {
  for (const { name, status, message, assertionResults } of report.testResults) {
    const failed = assertionResults.filter((result) => result.status === 'failed');
    for (const { fullName, failureMessages } of failed) {
      failures.push(`${runner}: ${relative('.', name)}: ${fullName}: ${firstLine(failureMessages[0])}`);
    }
    if (status === 'failed' && failed.length === 0) {
      failures.push(`${runner}: ${relative('.', name)}: ${firstLine(message)}`);
    }
  }
}

function noteSkips(report: Report): void {
  for (const { name, assertionResults } of report.testResults) {
    const file = relative('.', name);
    for (const { status, fullName } of assertionResults) {
      if (status !== 'passed' && status !== 'failed') noteSkip(file, whySkipped(file, fullName));
    }
  }
}

function firstLine(text = ''): string {
  return text.slice(0, 300).split('\n', 1)[0] ?? '';
}

/** A runtime that a machine may lack. */
function runtime(name: string, installed: boolean): Counts {
  if (installed) return vitest(name);
  announce(`${name}: skipped`);
  noteSkip(name, 'it cannot be had here');
  return { passed: 0, failed: 0, skipped: 1 };
}

/** The newest runs all that the oldest has run; those between share it, as each minute is one that somebody waits. */
const SHARES: ReadonlyMap<string, string> = new Map([
  ['22', '1/2'],
  ['24', '2/2'],
]);

/** The Node suite on the other versions that are promised. */
function onOtherNodes(): Counts[] {
  const nodes = otherNodes();
  return OTHER_MAJORS.map((major) => {
    const binary = nodes.get(major);
    if (binary !== undefined) return vitest('node', major, binary, SHARES.get(major));
    announce(`node, Node ${major}: skipped`);
    noteSkip(`Node ${major}`, 'npm has no binary for this machine');
    return { passed: 0, failed: 0, skipped: 1 };
  });
}

function run(script: string, args: readonly string[], node: string = process.execPath): boolean {
  return spawnSync(node, [script, ...args], { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** What was begun, and when. */
const steps: { readonly name: string; readonly since: number }[] = [];

function announce(name: string): void {
  steps.push({ name, since: performance.now() });
  console.log(`\n── ${name}`);
}

/** Seconds that each step took. */
function durations(): string[] {
  return steps.map(({ name, since }, i) => {
    const end = steps[i + 1]?.since ?? performance.now();
    return `${Math.round((end - since) / 1000)} s: ${name}`;
  });
}

rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });

const results = [
  command(
    'build',
    'node_modules/rollup/dist/bin/rollup',
    '-c',
    'rollup.config.ts',
    '--configPlugin',
    'esbuild',
    '--silent',
  ),
  command('format and lint', 'node_modules/@biomejs/biome/bin/biome', 'check'),
  command('types, TypeScript 6', 'node_modules/typescript/bin/tsc'),
  command('types, TypeScript 7', 'node_modules/typescript7/bin/tsc'),
  vitest('unit'),
  vitest('unit-mocked'),
  vitest('node'),
  vitest('windows'),
  ...onOtherNodes(),
  vitest('consumers'),
  // Installed by the tests before.
  ...onOtherRuntimes(),
  onBoringSsl(),
  runtime('electron', findElectron() !== null),
  runtime('chromium', (await findChromium()) !== null),
  runtime('firefox', findFirefox() !== null),
  runtime('firefox-private', findFirefox() !== null),
  runtime('webkit', findWebKit() !== null),
];

console.log(`\n── how long each took\n${durations().join('\n')}`);
const told = [...skips].sort().map(([line, count]) => `${count} × ${line}`);
if (told.length > 0) console.log(`\n── what was skipped, and why\n${told.join('\n')}`);
if (failures.length > 0) console.log(`\n── what failed\n${failures.join('\n')}`);

const sum = (key: keyof Counts): number => results.reduce((total, counts) => total + counts[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`);
process.exitCode = sum('failed') === 0 ? 0 : 1;
