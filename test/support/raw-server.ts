import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Identity } from './certificate.ts';

export interface RawServer {
  readonly port: number;
  readonly origin: string;
  /** Connections that were accepted so far. */
  readonly connections: number;
  /** Resets every connection and stops listening. */
  close(): Promise<void>;
}

/** What a raw server does with the head of a request. `index` counts the requests of the connection. */
export type RawHandler = (socket: Socket, head: string, index: number) => void;

/**
 * A TCP server that answers byte by byte, with none of the decency of `node:http`: for peers that are broken or hostile.
 * Bodies of requests are not looked for.
 */
export async function startRawServer(
  handle: RawHandler,
  onConnection: (socket: Socket) => void = () => {},
  identity?: Identity,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const serve = (socket: Socket): void => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    onConnection(socket);
    let received = '';
    let index = 0;
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1');
      for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
        handle(socket, received.slice(0, end), index++);
        received = received.slice(end + 4);
      }
    });
  };
  const server: Server = identity === undefined ? createServer(serve) : createTlsServer(identity, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) reset(socket);
      }),
  };
}

/** Resets a connection, with whatever runs over it. */
export function reset(socket: Socket): void {
  const { _parent: below } = socket as { readonly _parent?: Socket };
  (below ?? socket).resetAndDestroy();
}
