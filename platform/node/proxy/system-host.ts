import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';

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
