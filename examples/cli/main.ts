import { createRequire } from 'node:module';
import { NetworkAccessManager } from 'fairlead';
import { type Arguments, HELP, parseArguments, USAGE } from './arguments.ts';
import { run } from './run.ts';

/** The command `fairlead`. Resolves with the exit code that {@link HELP} promises. */
export async function main(args: readonly string[]): Promise<number> {
  let parsed: Arguments;
  try {
    parsed = parseArguments(args);
  } catch (error) {
    process.stderr.write(`fairlead: ${(error as Error).message}\n${USAGE}\n`);
    return 2;
  }
  if (parsed.help || parsed.version) {
    process.stdout.write(parsed.help ? HELP : `${version()}\n`);
    return 0;
  }
  return withManager((manager) => run(parsed, manager));
}

function version(): string {
  const { version } = createRequire(import.meta.url)('fairlead/package.json') as { version: string };
  return version;
}

/** Closes the manager at the end, and at Ctrl-C. Mistakes of the user are sentences, faults of the program are not. */
export async function withManager(task: (manager: NetworkAccessManager) => Promise<number>): Promise<number> {
  const manager = new NetworkAccessManager({ transferTimeout: 30_000 });
  manager.on('faultOccurred', ({ message }) => void process.stderr.write(`fairlead: ${message}\n`));
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
    void manager.close();
  });
  // The reader of our output may have had enough of it (head): the write that fails says so.
  process.stdout.on('error', () => {});
  try {
    const code = await task(manager);
    return interrupted ? 130 : code;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A URL, a verb or a field that cannot be sent, or a file that cannot be read or written.
    if (!(error instanceof TypeError) && code === undefined) throw error;
    process.stderr.write(`fairlead: ${message}\n`);
    return error instanceof TypeError ? 2 : 1;
  } finally {
    await manager.close();
  }
}
