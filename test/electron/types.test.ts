/** Our own minimal types against the declarations of the newest Electron, and the example as a user compiles it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FOLDER = join(import.meta.dirname, 'types');
const ROOT = join(import.meta.dirname, '..', '..');
const DECLARATIONS = join(FOLDER, 'node_modules', 'electron', 'electron.d.ts');

/** Installs the package without its binary, once. */
function hasDeclarations(): boolean {
  if (existsSync(DECLARATIONS)) return true;
  const args = ['install', '--no-save', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
  try {
    execFileSync('npm', args, { cwd: FOLDER, stdio: 'ignore', timeout: 120_000 });
  } catch {
    console.log('types of Electron: skipped, its package cannot be had');
  }
  return existsSync(DECLARATIONS);
}

test.skipIf(!hasDeclarations())('everything takes the objects of the newest Electron', () => {
  const compiler = join(ROOT, 'node_modules', 'typescript7', 'bin', 'tsc');
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', FOLDER], { encoding: 'utf8' });
  expect(stdout).toBe('');
});
