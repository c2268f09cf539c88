import { NetworkAccessManager } from 'fairlead';
import { parseArguments, USAGE } from './arguments.ts';
import { demonstrate } from './demonstration.ts';
import { transfer } from './transfer.ts';

/**
 * `npm start`: a session against a server of its own. `npm start -- URL…`: the same for real URLs.
 * Exit code: 0 when all went well, 1 when a request failed, 2 for a mistake in the arguments, 130 after Ctrl-C.
 */
async function main(): Promise<number> {
  let args: ReturnType<typeof parseArguments>;
  try {
    args = parseArguments(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}\n`);
    return 2;
  }
  await using manager = new NetworkAccessManager({ transferTimeout: 30_000 });
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
    void manager.close();
  });
  // Whoever reads our output may have had enough of it (head).
  process.stdout.on('error', () => {});
  try {
    const code = await (args.urls.length === 0 ? demonstrate(manager) : transfer(args, manager));
    return interrupted ? 130 : code;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // A URL, a verb or a field that cannot be sent, or a file that cannot be written.
    if (!(error instanceof TypeError) && code === undefined) throw error;
    process.stderr.write(`${message}\n`);
    return error instanceof TypeError ? 2 : 1;
  }
}

process.exitCode = await main();
