import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import { until } from '../suites/transport/harness.ts';
import { FakeClock } from '../support/fixtures.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

/** Bytes that are no event yet move all the same: `transferTimeout` counts the time in which none does. */

const TIMEOUT = 1000;
/** That passes after each piece. */
const PAUSE = 300;
const FIELD = 'X-Field: 0123456789abcdef\r\n';

/** What the server sends, piece by piece. Together each takes more than twice the timeout. */
const PIECES: Readonly<Record<string, readonly string[]>> = {
  'the fields of a head': [
    'HTTP/1.1 200 OK\r\n',
    ...Array<string>(8).fill(FIELD),
    'Content-Length: 2\r\n\r\nok',
  ],
  'a status line, byte by byte': [...'HTTP/1.1 ', '200 OK\r\nContent-Length: 2\r\n\r\nok'],
  'one long field': ['HTTP/1.1 200 OK\r\nA: ', ...'bcdefghi', '\r\nContent-Length: 2\r\n\r\nok'],
  'a chunk extension': [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;',
    ...'abcdefgh',
    '\r\nok\r\n0\r\n\r\n',
  ],
  trailers: [
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n',
    ...Array<string>(8).fill(FIELD),
    '\r\n',
  ],
};

/** A clock that stands still, and counts how often somebody looks at it: whoever sees something move does. */
class WatchedClock extends FakeClock {
  looks = 0;

  override monotonic(): number {
    this.looks++;
    return super.monotonic();
  }
}

let server: RawServer;
let asked: Socket | null = null;
beforeAll(async () => {
  server = await startRawServer((socket) => {
    asked = socket;
  });
});
afterAll(() => server.close());

describe.each([
  ['SocketTransport', () => new SocketTransport()],
  ['NodeHttpTransport', () => new NodeHttpTransport()],
] as const)('%s', (_name, makeTransport) => {
  /** Lets the pieces come one after the other; then nothing more, for as long as it takes, where that is to be `endless`. */
  async function get(pieces: readonly string[], endless = false): Promise<string> {
    const clock = new WatchedClock();
    const manager = new NetworkAccessManager({ transport: makeTransport(), transferTimeout: TIMEOUT, clock });
    asked = null;
    const reply = manager.get(server.origin);
    const text = reply.text().catch((error) => error.code);
    await until(() => asked !== null);
    for (const piece of pieces) {
      const { looks } = clock;
      asked!.write(piece);
      await until(() => clock.looks > looks);
      clock.advance(PAUSE);
    }
    await until(() => {
      if (endless) clock.advance(PAUSE);
      return reply.isFinished;
    });
    await manager.close();
    return text;
  }

  test.each(Object.entries(PIECES))('no time passes while these arrive: %s', async (_what, pieces) => {
    expect(await get(pieces)).toBe('ok');
  });

  test('it does when nothing more of them comes', async () => {
    expect(await get(['HTTP/1.1 200 OK\r\n'], true)).toBe('timeout');
  });
});
