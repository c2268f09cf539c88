import type { IncomingMessage, RequestListener } from 'node:http';
import {
  createSecureServer,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Identity } from './certificate.ts';

export type StreamHandler = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  raw: string[],
) => void;

export interface Http2TestServer {
  readonly origin: string;
  readonly port: number;
  readonly sessions: readonly ServerHttp2Session[];
  /** Answers requests of HTTP/1.1. */
  onRequest(handler: RequestListener): void;
  close(): Promise<void>;
}

/** A server of HTTP/2 on a loopback port of its own; over TLS it speaks HTTP/1.1 as well when `allowHTTP1` is set. */
export async function startHttp2Server(
  handler: StreamHandler,
  options: ServerOptions & { readonly identity?: Identity; readonly allowHTTP1?: boolean } = {},
): Promise<Http2TestServer> {
  const { identity, ...rest } = options;
  const server: Http2Server =
    identity === undefined
      ? createServer(rest)
      : (createSecureServer({ ...rest, ...identity }) as unknown as Http2Server);
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => {});
  });
  server.on('stream', (stream, headers, flags, raw = []) => {
    stream.on('error', () => {});
    handler(stream, headers, flags, raw as unknown as string[]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    sessions,
    onRequest: (handler) => {
      server.on('request', (request: IncomingMessage, response) => {
        if (request.httpVersionMajor === 1) handler(request, response as never);
      });
    },
    close: () => {
      for (const session of sessions) session.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
