import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { GNOME_SCHEMA, parseGsettings } from '../../../src/proxy/system/gnome.ts';
import { parseKioslaverc } from '../../../src/proxy/system/kde.ts';
import { parseScutil } from '../../../src/proxy/system/macos.ts';
import { NO_SETTINGS, type SystemSettings } from '../../../src/proxy/system/system-settings.ts';
import { INTERNET_SETTINGS, parseInternetSettings, parseWinHttp } from '../../../src/proxy/system/windows.ts';

/** What is asked of the machine to learn its proxies: a test has one that acts another system. */
export interface SystemHost {
  readonly platform: string;
  env(name: string): string | undefined;
  home(): string;
  /** What a program prints; it is given up after two seconds. Rejects where it is not there, fails or prints too much. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  /** Text of a file, or null where there is none. */
  read(file: string): Promise<string | null>;
}

/** Milliseconds that a program may take, and bytes that it may print. */
const LONGEST_RUN = 2_000;
const MOST_OUTPUT = 256 * 1024;

/** This machine. */
export const thisHost: SystemHost = {
  platform: process.platform,
  env: (name) => process.env[name],
  home: homedir,
  run: (program, ...args) => {
    const { execFile } = process.getBuiltinModule('node:child_process');
    const options = {
      timeout: LONGEST_RUN,
      maxBuffer: MOST_OUTPUT,
      windowsHide: true,
      killSignal: 'SIGKILL',
    };
    return new Promise((resolve, reject) => {
      const child = execFile(program, args, options as object, (error, output) => {
        if (error === null) resolve(String(output));
        else reject(new Error(`${program}: ${whyItFailed(error)}`, { cause: error }));
      });
      child.stdin?.end();
    });
  },
  read: async (file) => {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  },
};

/** Without what the program has printed, which may be anything. */
function whyItFailed({ code, killed }: { readonly code?: unknown; readonly killed?: boolean }): string {
  if (killed === true) return 'it has not answered in time';
  if (code === 'ENOENT') return 'it is not installed';
  return typeof code === 'number' ? `it has failed with status ${code}` : String(code);
}

/**
 * What this machine has been told about proxies, asked of the programs that it has for that: no native code.
 * @throws Error that says what cannot be read
 */
export function readSystemSettings(host: SystemHost): Promise<SystemSettings> {
  if (host.platform === 'darwin') return readMacOs(host);
  return host.platform === 'win32' ? readWindows(host) : readDesktop(host);
}

async function readMacOs(host: SystemHost): Promise<SystemSettings> {
  return parseScutil(await host.run('/usr/sbin/scutil', '--proxy'));
}

/** The user's settings; those of the machine where the user has none, as a service. By whole paths: `PATH` is anybody's. */
async function readWindows(host: SystemHost): Promise<SystemSettings> {
  const directory = path.win32.join(host.env('SystemRoot') || 'C:\\Windows', 'System32');
  const run = (program: string, ...args: readonly string[]): Promise<string> =>
    host.run(path.win32.join(directory, program), ...args);
  const users = parseInternetSettings(await run('reg.exe', 'query', INTERNET_SETTINGS));
  if (saysSomething(users)) return users;
  const machines = parseWinHttp(await run('netsh.exe', 'winhttp', 'show', 'proxy'));
  return saysSomething(machines) ? machines : users;
}

function saysSomething({ pac, http, https, socks }: SystemSettings): boolean {
  return [pac, http, https, socks].some((setting) => setting !== null);
}

/** Desktops that keep their settings where GNOME has them. */
const LIKE_GNOME = /gnome|unity|cinnamon|budgie|pantheon|mate|xfce|ubuntu/i;

async function readDesktop(host: SystemHost): Promise<SystemSettings> {
  const desktop = host.env('XDG_CURRENT_DESKTOP') || host.env('DESKTOP_SESSION') || '';
  if (/kde|plasma/i.test(desktop)) return readKde(host);
  if (LIKE_GNOME.test(desktop))
    return parseGsettings(await host.run('gsettings', 'list-recursively', GNOME_SCHEMA));
  throw new Error(
    desktop === ''
      ? 'there is no desktop'
      : `it is not known where ${desktop.slice(0, 40)} keeps its settings`,
  );
}

async function readKde(host: SystemHost): Promise<SystemSettings> {
  const directory = host.env('XDG_CONFIG_HOME') || path.posix.join(host.home(), '.config');
  const file = await host.read(path.posix.join(directory, 'kioslaverc'));
  // KDE writes it with the first change.
  return file === null ? { ...NO_SETTINGS, source: 'KDE' } : parseKioslaverc(file);
}
