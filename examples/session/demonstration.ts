import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { NetworkAccessManager } from 'fairlead';
import { startDemoServer } from './demo-server.ts';
import { Session } from './session.ts';
import { renderTable, summarise } from './table.ts';

/** A session that shows what a manager does. Resolves with the exit code: 1 when anything but the intended failed. */
export async function demonstrate(manager: NetworkAccessManager): Promise<number> {
  const directory = await mkdtemp(join(tmpdir(), 'fairlead-session-'));
  const server = await startDemoServer();
  const started = Date.now();
  const session = new Session();
  manager.tls = { ca: server.ca };
  manager.schemes = { greet: { open: (request) => new Response(`hello, ${request.url.hostname}\n`) } };
  try {
    process.stdout.write(`one manager, one server: ${server.http} and ${server.https}\n`);
    download(manager, session, server.http);
    send(manager, session, server.https);
    await answerLocally(manager, session, directory);
    await fail(manager, session, server.http);
    await session.finished();
  } finally {
    await server.close();
    await rm(directory, { recursive: true, force: true });
  }
  process.stdout.write(`${renderTable(session.rows)}\n${summarise(session.rows, Date.now() - started)}\n`);
  return session.rows.every((row) => (row.failure !== null) === row.expected) ? 0 : 1;
}

/** Two dozen downloads through the six slots of one host, and a redirect chain. */
function download(manager: NetworkAccessManager, session: Session, origin: string): void {
  const priorities = ['low', 'normal', 'high'] as const;
  for (let i = 0; i < 24; i++) {
    const priority = priorities[i % 3]!;
    const url = `${origin}/file/${64 + 16 * (i % 8)}`;
    session.follow(`download ${i + 1} ${priority}`, manager.get({ url, priority }));
  }
  session.follow('redirect chain', manager.get(`${origin}/redirect/3`));
}

function send(manager: NetworkAccessManager, session: Session, origin: string): void {
  const form = new URLSearchParams({ name: 'fairlead', kind: 'fitting on a boat' });
  session.follow('form POST', manager.post(`${origin}/form`, form));
  session.follow('upload', manager.put(`${origin}/upload`, new Uint8Array(8 * 1024 * 1024)));
}

async function answerLocally(
  manager: NetworkAccessManager,
  session: Session,
  directory: string,
): Promise<void> {
  const file = join(directory, 'note.txt');
  await writeFile(file, 'a file is a reply, too\n');
  session.follow('data:', manager.get('data:text/plain,hello%20from%20a%20URL'));
  session.follow('file:', manager.get(pathToFileURL(file)));
  session.follow('custom scheme', manager.get('greet://world/'));
}

async function fail(manager: NetworkAccessManager, session: Session, origin: string): Promise<void> {
  const aborted = session.follow('abort', manager.get(`${origin}/file/4096`), { expected: true });
  aborted.once('readyRead', () => aborted.abort());
  const silent = { url: `${origin}/silence`, transferTimeout: 300, priority: 'high' as const };
  session.follow('idle timeout', manager.get(silent), { expected: true });
  session.follow('refused', manager.get(`http://127.0.0.1:${await closedPort()}/`), { expected: true });
  session.follow('not found', manager.get(`${origin}/nowhere`), { expected: true });
}

/** A port that was free a moment ago and that nobody listens on. */
function closedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
