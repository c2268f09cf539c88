import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** What a proxy does to the bytes that pass. May be changed while it runs; applies to bytes that come after. */
export interface Faults {
  /** Passes bytes on in pieces of this size, each in a packet of its own. */
  sliceBytes?: number;
  /** Holds each piece back so long. */
  latencyMs?: number;
  /** Resets both ends after so many bytes of the answer. */
  resetAfter?: number;
  /** Ends both after so many bytes of the answer. */
  endAfter?: number;
  /** Lets bytes in and none out. */
  blackHole?: boolean;
  /** Resets connections as soon as they are accepted. */
  refuse?: boolean;
}

export interface FaultProxy {
  readonly port: number;
  readonly origin: string;
  readonly faults: Faults;
  /** Resets all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** A TCP proxy in front of a loopback port that makes the network worse than loopback is. */
export async function startFaultProxy(port: number, faults: Faults = {}): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (near) => {
    if (faults.refuse === true) return void near.resetAndDestroy();
    const far = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const both = (act: (socket: Socket) => void): void => [near, far].forEach(act);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => both((one) => one.resetAndDestroy()));
      socket.on('close', () => sockets.delete(socket));
    }
    pass(near, far, () => false);
    pass(far, near, (passed) => {
      if (passed > (faults.resetAfter ?? Number.POSITIVE_INFINITY)) both((one) => one.resetAndDestroy());
      else if (passed > (faults.endAfter ?? Number.POSITIVE_INFINITY)) both((one) => one.end());
      else return false;
      return true;
    });
  });

  /** Passes bytes on, one piece after the other, then the end. `stops` may end it all after so many bytes. */
  function pass(from: Socket, to: Socket, stops: (passed: number) => boolean): void {
    let passed = 0;
    let queue = Promise.resolve();
    from.on('data', (bytes) => {
      const size = faults.sliceBytes ?? bytes.length;
      for (let at = 0; at < bytes.length; at += size) {
        const piece = bytes.subarray(at, at + size);
        queue = queue.then(async () => {
          if (faults.blackHole === true || to.destroyed || to.writableEnded) return;
          passed += piece.length;
          if (stops(passed)) return;
          if (faults.latencyMs !== undefined) await setTimeout(faults.latencyMs);
          await new Promise<void>((resolve) => to.write(piece, () => resolve()));
        });
      }
    });
    from.on('end', () => {
      queue = queue.then(() => void to.end());
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port: own } = server.address() as AddressInfo;
  return {
    port: own,
    origin: `http://127.0.0.1:${own}`,
    faults,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
