import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Says hello, also to be cached, says what it is told, serves scripts by their names, and at `/` a page that runs the one named `entry`. */
export async function startHelloServer(
  scripts: Readonly<Record<string, string>> = {},
  entry = '',
): Promise<HelloServer> {
  const files = new Map([
    ['/hello', ['text/plain', 'hello']],
    ['/cached', ['text/plain', 'cached']],
    ['/', ['text/html', `<!doctype html><script type="module" src="/${entry}"></script>`]],
  ]);
  for (const [name, script] of Object.entries(scripts)) files.set(`/${name}`, ['text/javascript', script]);
  const server = createServer((request, response) => {
    if (request.url === '/echo') {
      response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'text/plain' });
      request.pipe(response);
      return;
    }
    const [type, body] = files.get(request.url ?? '') ?? [];
    if (request.url === '/cached') response.setHeader('cache-control', 'max-age=60');
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type ?? 'text/plain' });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new HelloServer(server);
}

export class HelloServer {
  readonly origin: string;
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
