/** Redirects where many requests share a connection. */
import type { ServerHttp2Stream } from 'node:http2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { FakeClock } from '../support/fixtures.ts';
import { type Http2TestServer, startHttp2Server } from '../support/h2-server.ts';
import { managerOver } from '../support/list-bench.ts';

const authority = new CertificateAuthority();
// On its clock a body takes no time, of which it has half a second.
const manager = managerOver(() => new SocketTransport(), {
  tls: { ca: authority.certificate },
  clock: new FakeClock(),
});

const hops: ServerHttp2Stream[] = [];
let server: Http2TestServer;
beforeAll(async () => {
  server = await startHttp2Server(
    (stream, headers) => {
      const [, kind, argument] = headers[':path']!.split('/');
      if (kind === 'hop') {
        hops.push(stream);
        stream.respond({ ':status': 307, location: '/echo' });
        stream.end(Buffer.alloc(Number(argument)));
        return;
      }
      stream.respond({ ':status': 200 });
      stream.pipe(stream);
    },
    { identity: authority.issue() },
  );
});
afterAll(() => server.close());

test.each([
  ['is read', 1000, true],
  ['is given up when it is long, and nothing else with it', 4 * 1024 * 1024, false],
])('a hop’s body %s', async (_what, length, isRead) => {
  const bystander = manager().get(`${server.origin}/echo`);
  const reply = manager().post(`${server.origin}/hop/${length}`, 'body');
  expect(await reply.text()).toBe('body');
  expect(reply).toMatchObject({ http2WasUsed: true, hops: [{ status: 307 }] });
  await bystander.completed;
  const hop = hops.pop()!;
  await new Promise<void>((resolve) => (hop.closed ? resolve() : hop.once('close', () => resolve())));
  expect(hop.writableFinished).toBe(isRead);
  expect(server.sessions.filter((session) => !session.destroyed)).toHaveLength(1);
});
