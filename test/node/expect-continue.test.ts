import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { ManagerOptions, NetworkError } from '../../platform/node/index.ts';
import { systemClock } from '../../src/util/clock.ts';
import { DigestVerifier } from '../support/digest-server.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';

const cleanup = new Cleanup();
const { managerWith, identity, tls } = originsOf(cleanup);
const account = { user: 'user', password: 'pass' };
const stream = () => new Blob(['payload']).stream();

/** What the request line and the fields of a request say, and the body that came. */
type Seen = string;

interface Options {
  readonly isProxy?: boolean;
  readonly secure?: boolean;
  /** A challenge, or null when the request is let in. */
  challenge(request: IncomingMessage): string | null;
  /** It says 417 to whoever asks. */
  readonly refusesToSay?: boolean;
}

/** A server that answers before the body has come where it is asked to, and notes what did. */
async function start({ isProxy = false, secure = false, challenge, refusesToSay = false }: Options) {
  const seen: Seen[] = [];
  const field = isProxy ? 'proxy-authenticate' : 'www-authenticate';
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { headers, method } = request;
    const { authorization = '-', expect: expected = '-' } = headers;
    const said = isProxy ? (headers['proxy-authorization'] ?? '-') : authorization;
    const words = `${method} ${said.split(' ')[0]} ${expected}`;
    if (refusesToSay && expected !== '-') {
      seen.push(words);
      response.writeHead(417).end();
      return;
    }
    const wanted = challenge(request);
    if (wanted !== null && expected !== '-') {
      seen.push(words);
      response.writeHead(isProxy ? 407 : 401, { [field]: wanted }).end('who?');
      return;
    }
    if (expected !== '-') response.writeContinue();
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push(`${words} ${body}`.trim());
    if (wanted === null) response.end('welcome');
    else response.writeHead(isProxy ? 407 : 401, { [field]: wanted }).end('who?');
  };
  const server = secure ? createSecureServer(identity, answer as never) : createServer(answer);
  server.on('checkContinue', answer as never);
  await cleanup.listen(server as never);
  const host = secure ? 'https://localhost' : 'http://127.0.0.1';
  return { origin: `${host}:${portOf(server as never)}`, seen };
}

const basic = ({ headers }: IncomingMessage): string | null =>
  headers.authorization === undefined ? 'Basic realm="x"' : null;
/** Its time stands still: a server that is slow is not taken for one that knows nothing of the word. */
const quiet = (options: ManagerOptions) =>
  managerWith({ clock: new FakeClock(), ...options }).on('faultOccurred', () => {});

describe('a body that can be sent once waits where a challenge is likely', () => {
  test.each([
    ['there are credentials for the origin', (origin: string) => ({ [origin]: account })],
    ['a function gives them', () => () => account],
  ])('because %s', async (_, credentials) => {
    const server = await start({ challenge: basic });
    const manager = quiet({ credentials: credentials(server.origin) });
    expect(await manager.post(server.origin, stream()).text()).toBe('welcome');
    expect(server.seen).toEqual(['POST - 100-continue', 'POST Basic 100-continue payload']);
  });

  test('because the URL says who asks, over HTTP/2, too', async () => {
    const server = await start({ challenge: basic, secure: true });
    const url = server.origin.replace('//', '//user:pass@');
    expect(await quiet({}).put({ url, tls }, stream()).text()).toBe('welcome');
    expect(server.seen).toEqual(['PUT - 100-continue', 'PUT Basic 100-continue payload']);
  });

  test('because the server has asked before: a nonce that is too old costs nothing', async () => {
    const verifier = new DigestVerifier({ realm: 'x', user: 'user', password: 'pass' });
    const server = await start({
      challenge: ({ headers, method, url }) => {
        const why = verifier.refusal(headers.authorization, method!, url!);
        return why === null ? null : verifier.challenge(why === 'stale' ? 'stale=true' : '');
      },
    });
    const manager = quiet({}).on('authenticationRequired', (_, authenticator) => {
      Object.assign(authenticator, account);
    });
    expect(await manager.get(server.origin).text()).toBe('welcome');
    verifier.nonces.clear();
    server.seen.length = 0;
    expect(await manager.post(server.origin, stream()).text()).toBe('welcome');
    expect(server.seen).toEqual(['POST Digest 100-continue', 'POST Digest 100-continue payload']);
  });

  test('for a proxy that passes requests on, too', async () => {
    const challenge = ({ headers }: IncomingMessage) =>
      headers['proxy-authorization'] === undefined ? 'Basic realm="x"' : null;
    const proxy = await start({ challenge, isProxy: true });
    const manager = quiet({ proxy: proxy.origin, credentials: { [proxy.origin]: account } });
    expect(await manager.post('http://origin.test/', stream()).text()).toBe('welcome');
    expect(proxy.seen).toEqual(['POST - 100-continue', 'POST Basic 100-continue payload']);
  });

  test('and goes without that word to a server that cannot say it (417)', async () => {
    const server = await start({ challenge: () => null, refusesToSay: true });
    const manager = quiet({ credentials: { [server.origin]: account } });
    expect(await manager.post(server.origin, stream()).text()).toBe('welcome');
    expect(server.seen).toEqual(['POST - 100-continue', 'POST - - payload']);
  });

  test('and not for ever: a server that knows nothing of it gets the body', async () => {
    const waits: number[] = [];
    const clock = {
      ...systemClock,
      setTimeout(run: () => void, after: number) {
        waits.push(after);
        return systemClock.setTimeout(run, after === 1000 ? 0 : after);
      },
    };
    let said = '';
    const server = createTcpServer((socket) => {
      socket.on('data', (bytes) => {
        said += bytes.toString('latin1');
        if (said.endsWith('0\r\n\r\n')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nwelcome');
      });
    });
    await cleanup.listen(server);
    const manager = quiet({ credentials: () => account, clock });
    expect(await manager.post(`http://127.0.0.1:${portOf(server)}/`, stream()).text()).toBe('welcome');
    expect(said).toContain('100-continue');
    expect(waits).toContain(1000);
  });
});

test.each([
  ['where nothing is known, although somebody listens', {}, true],
  ['where there are credentials for others', { credentials: { 'http://other.test': account } }, true],
  ['for what can be sent twice', { credentials: () => account }, false],
] as [string, ManagerOptions, boolean][])('no word is asked for %s', async (_, options, isOnce) => {
  const server = await start({ challenge: () => null });
  const manager = quiet(options).on('authenticationRequired', () => expect.unreachable());
  const body = isOnce ? stream() : 'payload';
  expect(await manager.post(server.origin, body).text()).toBe('welcome');
  expect(server.seen).toEqual(['POST - - payload']);
});

test('what is lost all the same says how it need not be', async () => {
  const server = await start({ challenge: basic });
  const manager = quiet({}).on('authenticationRequired', (_, authenticator) => {
    Object.assign(authenticator, account);
  });
  const error: NetworkError = await manager
    .post(server.origin, stream())
    .text()
    .then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
  expect(error).toMatchObject({ code: 'content-resend', status: 401 });
  expect(error.message).toContain('Expect: 100-continue');
  expect(await manager.post(server.origin, stream()).text()).toBe('welcome');
});
