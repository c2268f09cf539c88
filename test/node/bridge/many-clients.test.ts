/** Clients of one manager share the connections of a host. */
import type { ServerResponse } from 'node:http';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { connect, serve } from '../../../platform/node/bridge.ts';
import { NetworkAccessManager } from '../../../platform/node/index.ts';
import type { Call } from '../../support/server/routes.ts';
import { startServer } from '../../support/server.ts';

const CLIENTS = 50;
const EACH = 4;
const CONNECTIONS = 6;

test(`${CLIENTS} clients share ${CONNECTIONS} connections to a host, and each gets its own answers`, async () => {
  const held: { readonly from: string; readonly response: ServerResponse }[] = [];
  const asked: string[] = [];
  let most = 0;
  // Answers when as many wait as there are connections, so that all of them are in use.
  const wait = ({ response, argument }: Pick<Call, 'response' | 'argument'>): void => {
    asked.push(argument);
    held.push({ from: argument, response });
    most = Math.max(most, held.length);
    if (held.length < CONNECTIONS && asked.length < CLIENTS * EACH) return;
    for (const { from, response: waiting } of held.splice(0)) waiting.end(from);
  };
  const server = await startServer({ routes: { wait } });
  const manager = new NetworkAccessManager({ proxy: 'none' });
  const clients = Array.from({ length: CLIENTS }, () => {
    const { port1, port2 } = new MessageChannel();
    serve(manager, port1, { origins: [server.origin] });
    return connect(port2);
  });
  await Promise.all(clients.map(({ ready }) => ready));
  const answers = await Promise.all(
    clients.flatMap((client, at) =>
      Array.from({ length: EACH }, () => client.get(`${server.origin}/wait/${at}`).text()),
    ),
  );
  expect(answers).toEqual(clients.flatMap((_client, at) => Array(EACH).fill(String(at))));
  expect([most, server.connections]).toEqual([CONNECTIONS, CONNECTIONS]);
  await Promise.all(clients.map((client) => client.close()));
  await manager.close();
  await server.close();
});
