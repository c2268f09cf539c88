import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call } from '../support/server/routes.ts';

interface Small {
  readonly server: Server;
  /** `/never` was asked for, which is not answered. */
  readonly isAsked: Promise<void>;
}

/**
 * Small servers that a page can end and begin anew on their port: `/restarting/begin`, `/restarting/again?PORT` once
 * something waits for an answer, and `/restarting/end?PORT`.
 */
export class RestartingServers {
  readonly #servers = new Map<number, Small>();

  readonly route = async ({ response, argument, url }: Call): Promise<void> => {
    const port = Number(url.search.slice(1));
    if (argument === 'again') await this.#servers.get(port)!.isAsked;
    await this.#end(port);
    response.end(argument === 'end' ? '' : await this.#begin(port));
  };

  async close(): Promise<void> {
    await Promise.all([...this.#servers.keys()].map((port) => this.#end(port)));
  }

  async #begin(port: number): Promise<string> {
    const server = createServer();
    const isAsked = new Promise<void>((resolve) => {
      server.on('request', ({ url }, response) => {
        response.setHeader('Access-Control-Allow-Origin', '*');
        if (url === '/closing') response.setHeader('Connection', 'close');
        if (url === '/never') resolve();
        else response.end(url);
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const taken = (server.address() as AddressInfo).port;
    this.#servers.set(taken, { server, isAsked });
    return `http://127.0.0.1:${taken}`;
  }

  async #end(port: number): Promise<void> {
    const server = this.#servers.get(port)?.server;
    if (server === undefined) return;
    this.#servers.delete(port);
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}
