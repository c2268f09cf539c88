import { homedir } from 'node:os';
import path from 'node:path';

/** What decides about the place: given by tests, else the process's own. */
export interface CacheDirectorySource {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/**
 * The directory of the user for data that may be lost: `$XDG_CACHE_HOME/fairlead` or `~/.cache/fairlead`,
 * `~/Library/Caches/fairlead` on macOS, `%LOCALAPPDATA%\fairlead\Cache` on Windows. It need not exist.
 *
 * Source: XDG Base Directory Specification (a relative `XDG_CACHE_HOME` is to be ignored); Qt: `QStandardPaths::CacheLocation`.
 */
export function cacheDirectory(
  source: CacheDirectorySource = { platform: process.platform, env: process.env, home: homedir() },
): string {
  const { platform, env, home } = source;
  if (platform === 'win32') {
    const local = env.LOCALAPPDATA || path.win32.join(home, 'AppData', 'Local');
    return path.win32.join(local, 'fairlead', 'Cache');
  }
  if (platform === 'darwin') return path.posix.join(home, 'Library', 'Caches', 'fairlead');
  const xdg = env.XDG_CACHE_HOME ?? '';
  return path.posix.join(path.posix.isAbsolute(xdg) ? xdg : path.posix.join(home, '.cache'), 'fairlead');
}
