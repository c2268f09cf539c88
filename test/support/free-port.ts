import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port of loopback where nothing listens, for programs that cannot be asked which they were given, and for connections that
 * are to be refused. It lies below all that a system gives by itself: one that it has given and taken back it may give to the
 * next who asks, before the test comes to use it. The fixed ports of `real-servers.ts` lie above it, and those that browsers
 * refuse below.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(11_000, 27_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.on('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
}
