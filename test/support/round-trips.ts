import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { portOf } from './listening.ts';

/** What is under way between two ends in this process has arrived after fewer: HTTP/2 and TLS need two or three. */
const ENOUGH = 20;

/**
 * Lets both ends of the connections in this process see what was done, and act on it: so many messages go there and back
 * over a connection of their own. That takes a slow machine as many turns as a fast one.
 */
export async function roundTrips(): Promise<void> {
  const server = createServer((socket) => socket.pipe(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect(portOf(server), '127.0.0.1');
  for (let i = 0; i < ENOUGH; i++) {
    socket.write('?');
    await once(socket, 'data');
  }
  socket.destroy();
  server.close();
}
