import { connect, type Socket } from 'node:net';
import { nodeOptions } from '../node-options.ts';
import { firstToConnect } from './happy-eyeballs.ts';
import { SocketInbox } from './inbox.ts';
import type { Dialing, Reached, Step, Target } from './step.ts';

/** The system sends a probe over a silent connection after so many milliseconds. */
const KEEP_ALIVE_DELAY = 60_000;

/**
 * Opens a socket to the first target that answers.
 * @param isLast nothing stands between this socket and HTTP/1.1: it reads into buffers of ours
 */
export function connectStep(isLast: boolean): Step {
  return {
    name: 'connect',
    async take(reached, dialing): Promise<Reached> {
      const inbox = isLast ? new SocketInbox() : null;
      const socket = await open(reached.targets, inbox, dialing);
      return { ...reached, wire: socket, inbox };
    },
  };
}

async function open(
  targets: readonly Target[],
  inbox: SocketInbox | null,
  { call, signal }: Dialing,
): Promise<Socket> {
  const reading = inbox === null ? {} : { onread: inbox.onread };
  const attempts = targets.map((target) => () => {
    const socket = connect(nodeOptions('socket', { ...reading, ...target }));
    call.emit({ type: 'socket-started-connecting' });
    return socket;
  });
  const socket = await firstToConnect(attempts, call.clock, signal);
  call.timings.connectEnd = call.time();
  socket.setNoDelay(true);
  socket.setKeepAlive(true, KEEP_ALIVE_DELAY);
  return socket;
}
