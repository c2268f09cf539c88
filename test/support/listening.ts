import { createServer, type IncomingMessage, type ServerOptions, type ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterAll, afterEach, beforeAll } from 'vitest';

/** What is to be closed when the running test is over. */
export class Cleanup {
  readonly #closers: (() => unknown)[] = [];

  /** @param atEnd when it is closed, in place of the end of each test */
  constructor(atEnd: (close: () => Promise<void>) => void = afterEach) {
    atEnd(async () => {
      for (const close of this.#closers.splice(0)) await close();
    });
  }

  add(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Listens, on a loopback port unless a path is given; then resets what is connected and stops. */
  async listen<Kind extends Server>(server: Kind, path?: string): Promise<Kind> {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
    const where = path === undefined ? { port: 0, host: '127.0.0.1' } : { path };
    await new Promise<void>((resolve) => server.listen(where, resolve));
    this.add(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    return server;
  }
}

export const portOf = (server: Server): number => (server.address() as AddressInfo).port;

/** Lets a server listen on a loopback port while the tests of a file run; `tell` is told its origin before the first. */
export function serveAll(server: Server, tell: (origin: string) => void): void {
  const cleanup = new Cleanup(afterAll);
  beforeAll(async () => {
    await cleanup.listen(server);
    tell(`http://127.0.0.1:${portOf(server)}`);
  });
}

/** Answers a request; `nth` counts them from 0. */
export type NthHandler = (request: IncomingMessage, response: ServerResponse, nth: number) => void;

/** A server that answers each request by its number. Gives its URL. */
export async function serveNth(
  cleanup: Cleanup,
  handler: NthHandler,
  options: ServerOptions = {},
): Promise<string> {
  let nth = 0;
  const server = createServer(options, (request, response) => handler(request, response, nth++));
  await cleanup.listen(server);
  return `http://127.0.0.1:${portOf(server)}/`;
}
