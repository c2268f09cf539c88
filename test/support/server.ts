import * as http from 'node:http';
import { createSecureServer } from 'node:http2';
import * as https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { Identity } from './certificate.ts';
import { startRawServer } from './raw-server.ts';
import { Journal } from './server/journal.ts';
import { serveRawResponse } from './server/raw-responses.ts';
import { ROUTES, type Route } from './server/routes.ts';

export interface TestServer {
  /** `http://127.0.0.1:PORT`, or https. */
  readonly origin: string;
  readonly port: number;
  /** What the server has seen of requests that carry `?id=`. */
  readonly journal: Journal;
  /** Connections that were accepted so far. */
  readonly connections: number;
  /** Those of them that stand. */
  readonly open: number;
  /** Resets every connection and stops listening. */
  close(): Promise<void>;
}

export interface TestServerOptions {
  /** Serves https. */
  readonly identity?: Identity & Pick<TlsOptions, 'SNICallback'>;
  /** Routes of one's own, by the first segment of the path; they win over the scripted ones. */
  readonly routes?: Readonly<Record<string, Route>>;
  /** Speaks HTTP/2 as well, over TLS. */
  readonly http2?: boolean;
  /** Serves the raw responses over TLS. */
  readonly rawIdentity?: Identity;
  /** That of another server, to be asked there. */
  readonly journal?: Journal;
}

/**
 * A server on a loopback port of its own, with the scripted behaviours of {@link ROUTES}. It lets every origin in, so
 * that a page elsewhere can use it; everything is asked by URL, so that a test needs no hand on it.
 */
export async function startServer({
  identity,
  routes = {},
  http2 = false,
  rawIdentity,
  journal = new Journal(),
}: TestServerOptions = {}): Promise<TestServer> {
  const raw = await startRawServer(serveRawResponse, undefined, rawIdentity);
  const table = new Map(Object.entries({ ...ROUTES, ...routes }));
  const listener: http.RequestListener = (request, response) => {
    const url = new URL(request.url!, 'http://test.invalid');
    allowEveryOrigin(request, response);
    if (request.headers['access-control-request-method'] !== undefined) {
      response.writeHead(204).end();
      return;
    }
    const entry = journal.enter(url.searchParams.get('id'), response);
    const [, name = '', ...rest] = url.pathname.split('/');
    const route = table.get(name) ?? notFound;
    const call = { request, response, argument: rest.join('/'), url, entry, journal, rawOrigin: raw.origin };
    Promise.resolve(call).then(route).catch(blame(response));
  };
  const server = makeServer(listener, identity, http2);
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.on('checkContinue', (request, response) => {
    // `/early` is what a server does that does not want the body.
    if (!request.url!.startsWith('/early')) response.writeContinue();
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    journal,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await Promise.all([closed, raw.close()]);
    },
  };
}

function makeServer(
  listener: http.RequestListener,
  identity: TestServerOptions['identity'],
  isHttp2: boolean,
): http.Server {
  if (identity === undefined) return http.createServer(listener);
  if (!isHttp2) return https.createServer(identity, listener);
  // Requests and responses of node:http2 look alike enough.
  return createSecureServer({ ...identity, allowHTTP1: true }, listener as never) as unknown as http.Server;
}

function allowEveryOrigin({ headers }: http.IncomingMessage, response: http.ServerResponse): void {
  if (headers.origin === undefined) return;
  response.setHeader('Access-Control-Allow-Origin', headers.origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  response.setHeader('Access-Control-Allow-Methods', headers['access-control-request-method'] ?? '*');
  response.setHeader('Access-Control-Allow-Headers', headers['access-control-request-headers'] ?? '*');
  // Under its other name, `localhost`, the server hides how it was reached.
  const host = headers.host ?? String(headers[':authority']);
  if (host.startsWith('127.')) response.setHeader('Timing-Allow-Origin', '*');
}

/** A route that failed: because its peer went away, or because the test is wrong. */
function blame(response: http.ServerResponse): (error: unknown) => void {
  return (error) => {
    if (!response.destroyed && !response.headersSent) response.writeHead(500).end(String(error));
  };
}

function notFound({ response }: Parameters<Route>[0]): void {
  response.writeHead(404).end('not found');
}
