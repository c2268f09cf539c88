import { afterEach } from 'vitest';
import {
  NodeHttpTransport,
  type NodeHttpTransportOptions,
} from '../../platform/node/http-module-transport/node-http-transport.ts';
import { readAll, type Sent } from '../suites/transport/harness.ts';
import type { makeRequest } from './fixtures.ts';
import { sendOver } from './wire.ts';

type Init = Parameters<typeof makeRequest>[0];

/** What tests of the node:http transport itself need: things that are closed after each test, and a way to send. */
export function nodeHttpBench(): {
  readonly open: <Thing extends { close(): Promise<void> }>(thing: Thing | Promise<Thing>) => Promise<Thing>;
  readonly transportWith: (options?: NodeHttpTransportOptions) => Promise<NodeHttpTransport>;
  readonly send: (transport: NodeHttpTransport, url: string, init?: Init) => Sent;
} {
  const opened: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one.close();
  });
  const open = async <Thing extends { close(): Promise<void> }>(
    thing: Thing | Promise<Thing>,
  ): Promise<Thing> => {
    opened.push(await thing);
    return thing;
  };
  return {
    open,
    transportWith: (options) => open(new NodeHttpTransport(options)),
    send: (transport, url, init = {}) => sendOver(transport, { ...init, url }),
  };
}

export const textOf = async ({ response }: Sent): Promise<string> => (await readAll(await response)).text;

/** A response of a raw server. */
export const answer = (text: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`;
