import { readFile } from 'node:fs/promises';
import type { NetworkAccessManager, NetworkReply } from 'fairlead';
import { Session } from '../session/session.ts';
import { renderTable, summarise } from '../session/table.ts';
import type { Arguments } from './arguments.ts';
import { type Output, openFile, standardOutput } from './output.ts';
import { credentialsOf, type Template, templateOf } from './request.ts';

/** Fetches what the command line names. Resolves with the exit code. */
export async function run(args: Arguments, manager: NetworkAccessManager): Promise<number> {
  if (args.caFile !== null) manager.tls = { ca: await readFile(args.caFile, 'utf8') };
  if (args.user !== null) manager.credentials = credentialsOf(args);
  const template = await templateOf(args);
  const start = (url: string): NetworkReply => send(manager, url, template);
  return args.urls.length === 1 ? fetchOne(args, start) : fetchAll(args.urls, start);
}

function send(manager: NetworkAccessManager, url: string, { verb, headers, body }: Template): NetworkReply {
  return manager.sendCustomRequest({ url, headers }, verb, body);
}

/** The body goes where it was asked for; standard error hears of nothing but a failure. */
async function fetchOne(args: Arguments, start: (url: string) => NetworkReply): Promise<number> {
  const [url] = args.urls as readonly [string];
  const toFile = args.output !== null && args.output !== '-';
  const output: Output = toFile ? await openFile(args.output) : standardOutput;
  try {
    const session = new Session();
    const reply = start(url);
    let isHeadDue = args.include || args.headOnly;
    const writeHead = async (): Promise<void> => {
      if (!isHeadDue || reply.status === 0) return;
      isHeadDue = false;
      await output.write(new TextEncoder().encode(headOf(reply)));
    };
    const consume = async (chunk: Uint8Array): Promise<void> => {
      await writeHead();
      await output.write(chunk);
    };
    session.follow(url, reply, { consume });
    await session.finished();
    await writeHead();
    const { failure } = session.rows[0]!;
    if (failure === null) await output.complete();
    else process.stderr.write(`fairlead: ${sentenceOf(failure)}\n`);
    return failure === null ? 0 : 1;
  } finally {
    await output.close();
  }
}

async function fetchAll(urls: readonly string[], start: (url: string) => NetworkReply): Promise<number> {
  const started = Date.now();
  const session = new Session();
  for (const url of urls) session.follow(url, start(url));
  await session.finished();
  process.stdout.write(`${renderTable(session.rows)}\n${summarise(session.rows, Date.now() - started)}\n`);
  const failures = session.rows.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  for (const failure of failures) process.stderr.write(`fairlead: ${sentenceOf(failure)}\n`);
  return failures.length > 0 ? 1 : 0;
}

function headOf(reply: NetworkReply): string {
  const fields = [...reply.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `HTTP/${reply.httpVersion} ${reply.status} ${reply.reason}`.trimEnd().concat(`\r\n${fields}\r\n`);
}

/** Code and reason of a failure. */
function sentenceOf(failure: unknown): string {
  const { code, message } = failure as { readonly code?: string; readonly message: string };
  return code === undefined ? message : `${code}: ${message}`;
}
