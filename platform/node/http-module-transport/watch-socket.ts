import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { Call } from '../../../src/call/call.ts';
import type { Clock } from '../../../src/util/clock.ts';
import { ANSWER_WAIT, survivesWriteFailure } from '../http/write-failure.ts';

/** Tells the idle timer of every byte that arrives. Returns what ends it. */
export function watchReads(socket: Socket, { idle }: Call): () => void {
  if (idle === null) return () => {};
  const touch = (): void => idle.touch();
  socket.on('data', touch);
  return () => socket.off('data', touch);
}

/**
 * Keeps what the socket has received when a write fails.
 *
 * @param onLost called with the error of the write when nothing has come of it in time
 * @returns what ends it
 */
export function watchWrites(socket: Socket, { clock }: Call, onLost: (error: Error) => void): () => void {
  let timer: unknown = null;
  const forget = survivesWriteFailure(socket, (error) => {
    timer = clock.setTimeout(() => onLost(error), ANSWER_WAIT);
  });
  return () => {
    forget();
    clock.clearTimeout(timer);
  };
}

/** Writes down when a socket that is being opened has got how far. Returns what ends it. */
export function watchPhases(socket: Socket, call: Call, onSecured: () => void): () => void {
  const looked = (): void => {
    call.timings.lookupEnd = call.time();
  };
  const connected = (): void => {
    call.timings.connectEnd = call.time();
  };
  const secured = (): void => {
    call.timings.secureConnectEnd = call.time();
    onSecured();
  };
  socket.once('lookup', looked).once('connect', connected).once('secureConnect', secured);
  return () => {
    socket.off('lookup', looked).off('connect', connected).off('secureConnect', secured);
  };
}

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

/** Its TLS handshake is under way. */
export function isHandshaking(socket: Socket): boolean {
  return (socket as Partial<TLSSocket> & { secureConnecting?: boolean }).secureConnecting === true;
}
