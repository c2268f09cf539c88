import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Major versions that are tested beside the one that runs the tests. */
export const OTHER_MAJORS = ['22', '24', '26'] as const;

const FOLDER = join(import.meta.dirname, '..', 'consumers', 'nodes');

/** Major version → binary, of those whose package has one for this machine. They are installed once. */
export function otherNodes(): ReadonlyMap<string, string> {
  const binary = (major: string): string => join(FOLDER, 'node_modules', `node${major}`, 'bin', 'node');
  const isMissing = OTHER_MAJORS.some((major) => !existsSync(binary(major)));
  if (isMissing && process.platform === 'linux' && process.arch === 'x64') {
    const args = ['ci', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund'];
    execFileSync('npm', args, { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const present = OTHER_MAJORS.filter((major) => existsSync(binary(major)));
  return new Map(present.map((major) => [major, binary(major)]));
}
