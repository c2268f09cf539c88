import { open, rename, rm } from 'node:fs/promises';
import type { NetworkAccessManager, NetworkReply } from 'fairlead';
import type { SessionArguments } from './arguments.ts';
import { Session } from './session.ts';
import { renderTable, summarise } from './table.ts';

/** Fetches what the command line names. Resolves with the exit code. */
export async function transfer(args: SessionArguments, manager: NetworkAccessManager): Promise<number> {
  const started = Date.now();
  const session = new Session();
  const start = (url: string): NetworkReply => {
    const request = { url, headers: args.headers };
    const verb = args.verb ?? (args.body === null ? 'GET' : 'POST');
    return manager.sendCustomRequest(request, verb, args.body);
  };
  if (args.output === null) {
    for (const url of args.urls) session.follow(url, start(url));
    await session.finished();
  } else {
    await save(args.output, session, args.urls[0]!, start);
  }
  const report = `${renderTable(session.rows)}\n${summarise(session.rows, Date.now() - started)}\n`;
  (args.output === '-' ? process.stderr : process.stdout).write(report);
  return session.rows.some((row) => row.failure !== null) ? 1 : 0;
}

async function save(
  output: string,
  session: Session,
  url: string,
  start: (url: string) => NetworkReply,
): Promise<void> {
  if (output === '-') {
    session.follow(url, start(url), { consume: writeOut });
    await session.finished();
    return;
  }
  // A transfer that breaks leaves an older file as it was.
  const partial = `${output}.part`;
  const file = await open(partial, 'w');
  try {
    // Not write(), which may write a part.
    session.follow(url, start(url), { consume: (chunk) => file.writeFile(chunk) });
    await session.finished();
    await file.close();
    if (session.rows.every((row) => row.failure === null)) await rename(partial, output);
  } finally {
    await file.close().catch(() => {});
    await rm(partial, { force: true });
  }
}

function writeOut(chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
