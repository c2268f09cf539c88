import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What a proxy does to the bytes that pass. May be changed while it runs; applies to bytes that come after. */
export interface Faults {
  /** Passes bytes on in pieces of this size, each in a packet of its own. */
  sliceBytes?: number;
  /** Resets both ends after so many bytes of the answer. */
  resetAfter?: number;
  /** Lets bytes in and none out. */
  blackHole?: boolean;
}

export interface FaultProxy {
  readonly origin: string;
  readonly faults: Faults;
  close(): Promise<void>;
}

/** A TCP proxy in front of a loopback port that makes the network worse than loopback is. */
export async function startFaultProxy(port: number, faults: Faults = {}): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect({ port, host: '127.0.0.1' });
    const destroy = (): void => {
      near.resetAndDestroy();
      far.resetAndDestroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', destroy).on('close', () => sockets.delete(socket));
    }
    near.on('data', pass(far));
    near.on('end', () => far.end());
    far.on('data', pass(near, destroy));
    far.on('end', () => near.end());
  });

  /** Passes bytes on, one piece after the other. */
  function pass(to: Socket, reset?: () => void): (bytes: Buffer) => void {
    let passed = 0;
    let queue = Promise.resolve();
    return (bytes) => {
      const size = faults.sliceBytes ?? bytes.length;
      for (let at = 0; at < bytes.length; at += size) {
        const piece = bytes.subarray(at, at + size);
        queue = queue.then(async () => {
          if (faults.blackHole === true || to.destroyed) return;
          passed += piece.length;
          if (reset !== undefined && faults.resetAfter !== undefined && passed > faults.resetAfter) reset();
          else await new Promise<void>((resolve) => to.write(piece, () => resolve()));
        });
      }
    };
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
