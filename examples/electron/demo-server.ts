import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const NOTES = [
  { title: 'Buy rope', text: 'Twelve metres, eight millimetres.' },
  { title: 'Tide', text: 'High water at 15:40.' },
  { title: 'Charts', text: 'The new edition is out.' },
];
const REPORT = new Uint8Array(4_000_000);

export interface DemoServer {
  readonly origin: string;
  close(): void;
}

/** What the example speaks to when `API` names nothing else: notes behind a login, and a file. */
export async function startDemoServer(): Promise<DemoServer> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const isKnown = /\bsession=ada\b/.test(request.headers.cookie ?? '');
  switch (`${request.method} ${request.url}`) {
    case 'POST /login': {
      const right = (await textOf(request)) === JSON.stringify({ user: 'ada', password: 'pw' });
      if (right) response.setHeader('Set-Cookie', 'session=ada; HttpOnly; Path=/; SameSite=Strict');
      response.writeHead(right ? 204 : 403).end();
      return;
    }
    case 'GET /notes':
      if (!isKnown) response.writeHead(403).end();
      else
        response
          .writeHead(200, {
            'Content-Type': 'application/json',
            // It is asked for each time, and what was there last is used where nobody answers.
            'Cache-Control': 'private, max-age=0, stale-if-error=86400',
          })
          .end(JSON.stringify(NOTES));
      return;
    case 'GET /report':
      response.writeHead(isKnown ? 200 : 403, { 'Content-Length': isKnown ? REPORT.length : 0 });
      response.end(isKnown ? REPORT : undefined);
      return;
    default:
      response.writeHead(404).end();
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}
