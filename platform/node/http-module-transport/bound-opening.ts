import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../../src/util/clock.ts';
import { isHandshaking } from './watch-socket.ts';

/** Calls `onLate` when a connection that is opened for a request is not up, TLS included, after so many milliseconds. */
export function boundOpening(client: ClientRequest, limit: number, clock: Clock, onLate: () => void): void {
  if (limit === Number.POSITIVE_INFINITY) return;
  client.once('socket', (socket: Socket) => {
    if (client.reusedSocket || !(socket.connecting || isHandshaking(socket))) return;
    const timer = clock.setTimeout(onLate, limit);
    const opened = isHandshaking(socket) ? 'secureConnect' : 'connect';
    // The socket outlives the request that it is opened for, and must not keep it.
    const end = (): void => {
      clock.clearTimeout(timer);
      socket.off(opened, end).off('close', end);
    };
    socket.on(opened, end).on('close', end);
  });
}
