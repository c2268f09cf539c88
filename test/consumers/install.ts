import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { otherNodes } from '../support/other-nodes.ts';

/**
 * Packs the package as it is built and installs it into an empty project far from this one, so that nothing resolves
 * that an application would not have.
 */

declare module 'vitest' {
  interface ProvidedContext {
    consumer: Consumer;
  }
}

export interface Consumer {
  /** The project that has the package installed, with the files of `fixtures` in it. */
  readonly directory: string;
  readonly tarball: string;
  /** Version → binary of the Nodes that the package is tested on. */
  readonly nodes: Readonly<Record<string, string>>;
}

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');

export default function setup(project: TestProject): () => void {
  if (!existsSync(join(ROOT, 'dist', 'index.d.ts'))) throw new Error('consumers: run `npm run build` first');
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'fairlead-consumer-')));
  const remove = (): void => {
    // The second is made by the tests of bundles, which must have no node_modules above them.
    for (const made of [directory, `${directory}-bundles`]) rmSync(made, { recursive: true, force: true });
  };
  try {
    install(project, directory);
  } catch (error) {
    remove();
    throw error;
  }
  return remove;
}

function install(project: TestProject, directory: string): void {
  const name = npm(
    ROOT,
    'pack',
    '--loglevel=error',
    '--ignore-scripts',
    '--pack-destination',
    directory,
  ).trim();
  const tarball = join(directory, name);
  cpSync(join(HERE, 'fixtures'), directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), '{ "private": true }');
  npm(directory, 'install', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', tarball);
  project.provide('consumer', { directory, tarball, nodes: nodes() });
}

/** This Node, and the others where their packages have a binary for this machine. */
function nodes(): Record<string, string> {
  const candidates = [process.execPath, ...otherNodes().values()];
  return Object.fromEntries(candidates.map((path) => [versionOf(path), path]));
}

function versionOf(node: string): string {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
}

function npm(directory: string, ...args: string[]): string {
  return execFileSync('npm', args, {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
