import { homedir } from 'node:os';
import path from 'node:path';
import { isDeviceName } from './files/windows-names.ts';

/** What decides about the place: given by tests, else the process's own, asked when it is needed. */
export interface CacheDirectorySource {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** May throw, or give nothing: a container's user often has no home. */
  home(): string;
}

const PROCESS: CacheDirectorySource = { platform: process.platform, env: process.env, home: homedir };

/**
 * The directory of an application for data that may be lost. It need not exist. In this order:
 * - a service of systemd: its `$CACHE_DIRECTORY/<name>`;
 * - Linux and others: `$XDG_CACHE_HOME/<name>` or `~/.cache/<name>`;
 * - macOS: `~/Library/Caches/<name>`;
 * - Windows: `%LOCALAPPDATA%\<name>\Cache`.
 *
 * Source: XDG Base Directory Specification (relative paths are to be ignored); systemd.exec(5); Qt:
 * `QStandardPaths::CacheLocation`, which is the application's, too.
 *
 * @param applicationName one name of a directory. @default 'fairlead', which all applications of the user share
 * @throws TypeError when the name is none; Error when there is neither such a variable nor a home
 */
export function cacheDirectory(
  applicationName: string = 'fairlead',
  source: CacheDirectorySource = PROCESS,
): string {
  if (!isDirectoryName(applicationName))
    throw new TypeError('cacheDirectory: the name of an application is one name of a directory');
  const { platform, env } = source;
  if (platform === 'win32') {
    const local = absolute(env.LOCALAPPDATA, path.win32) ?? path.win32.join(home(source), 'AppData', 'Local');
    return path.win32.join(local, applicationName, 'Cache');
  }
  const { join } = path.posix;
  // systemd gives a list of those that the unit names.
  const ofService = absolute(env.CACHE_DIRECTORY?.split(':')[0]);
  if (ofService !== null) return join(ofService, applicationName);
  if (platform === 'darwin') return join(home(source), 'Library', 'Caches', applicationName);
  return join(absolute(env.XDG_CACHE_HOME) ?? join(home(source), '.cache'), applicationName);
}

function absolute(directory: string | undefined, { isAbsolute } = path.posix): string | null {
  return directory !== undefined && isAbsolute(directory) ? directory : null;
}

function home({ home, platform }: CacheDirectorySource): string {
  let found: string | null = null;
  try {
    found = absolute(home(), platform === 'win32' ? path.win32 : path.posix);
  } catch {
    // It has no entry among the users either.
  }
  if (found !== null) return found;
  const variable = platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_CACHE_HOME';
  throw new Error(`there is no home directory: name a directory, or set ${variable}`);
}

/** What no file system takes, or each understands otherwise. */
const FORBIDDEN = /[\0-\x1f<>:"/\\|?*]|^\.{1,2}$|[. ]$/;

/** The same names everywhere, so that an application that works on one system does on the others. */
function isDirectoryName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name !== '' &&
    name.length <= 255 &&
    !FORBIDDEN.test(name) &&
    !isDeviceName(name)
  );
}
