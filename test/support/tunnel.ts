import { connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import type { RouteKinds } from '../../platform/node/dial/route.ts';
import { AGAIN, type Dialing, type Reached, type Step } from '../../platform/node/dial/step.ts';
import { type Cleanup, portOf } from './listening.ts';

/** A machine on the way: whoever sends it a line with a port is connected to that port, and told `ok`. */
export async function startRelay(cleanup: Cleanup): Promise<{ readonly port: number; connections: number }> {
  const relay = { port: 0, connections: 0 };
  const server = createServer((near) => {
    relay.connections++;
    near.on('error', () => {});
    near.once('data', (line) => {
      const far = connect(Number(line.toString()), '127.0.0.1', () => {
        near.write('ok');
        near.pipe(far).pipe(near);
      });
      far.on('error', () => near.resetAndDestroy());
      near.on('error', () => far.destroy());
      far.on('close', () => near.destroy());
      near.on('close', () => far.destroy());
    });
  });
  await cleanup.listen(server);
  relay.port = portOf(server);
  return relay;
}

/** A stream that is no socket, with a socket behind it: as a stream of HTTP/2 through a proxy would be. */
class Passage extends Duplex {
  readonly #socket: Socket;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (bytes) => {
      if (!this.push(bytes)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    if (this.#socket.write(bytes)) done();
    else this.#socket.once('drain', done);
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

/** Asks the relay for the way on, and again when it has to. */
function tunnelStep(as: 'socket' | 'stream', again: () => boolean): Step {
  return {
    name: 'tunnel',
    async take(reached: Reached, { endpoint, signal }: Dialing): Promise<Reached | typeof AGAIN> {
      if (again()) return AGAIN;
      const socket = reached.wire as Socket;
      socket.write(String(endpoint.port));
      const answer = await new Promise<string>((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        socket.once('error', reject);
        socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
        socket.once('data', (bytes) => resolve(bytes.toString()));
      });
      if (answer !== 'ok') throw new Error(`the relay said ${answer}`);
      if (as === 'socket') return reached;
      const wire = new Passage(socket);
      wire.on('error', () => {});
      return { ...reached, wire };
    },
  };
}

/** Makes every direct route lead through a relay: a stand-in for proxies. */
export function throughRelay(
  port: number,
  as: 'socket' | 'stream',
  again: () => boolean = () => false,
): RouteKinds {
  const kind = {
    hop: () => ({ host: '127.0.0.1', port }),
    tunnel: () => [tunnelStep(as, again)],
  };
  return new Map([['direct', kind]]);
}
