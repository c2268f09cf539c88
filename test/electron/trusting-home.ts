import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A home directory whose user has added an authority to what Chromium trusts (NSS). */
export interface TrustingHome {
  readonly path: string;
  remove(): void;
}

/** Null where there is no `certutil` (libnss3-tools). */
export function trustingHome(authority: string): TrustingHome | null {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-home-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true });
  const database = join(path, '.pki', 'nssdb');
  const certificate = join(path, 'authority.pem');
  mkdirSync(database, { recursive: true });
  writeFileSync(certificate, authority);
  const commands = [
    ['-N', '--empty-password'],
    ['-A', '-n', 'test', '-t', 'C,,', '-i', certificate],
  ];
  const isMade = commands.every(
    (words) => spawnSync('certutil', ['-d', `sql:${database}`, ...words], { stdio: 'ignore' }).status === 0,
  );
  if (isMade) return { path, remove };
  remove();
  return null;
}
