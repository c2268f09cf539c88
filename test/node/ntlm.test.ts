import { createHash, X509Certificate } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import { connect, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { NtlmVerifier } from '../support/ntlm-server.ts';
import { originsOf } from '../support/origins.ts';

const cleanup = new Cleanup();
const { tls, identity, managerWith, startBoth } = originsOf(cleanup);
const account = { user: 'DOM\\user', password: 'pass' };

interface Seen {
  readonly line: string;
  readonly connection: number;
}

/** A server that knows a user by the connection. */
async function startNtlmServer(
  options: { readonly secure?: boolean; readonly field?: 'proxy'; readonly padding?: number } = {},
) {
  const isProxy = options.field === 'proxy';
  const verifiers = new Map<Socket, NtlmVerifier>();
  const welcome = new Set<Socket>();
  const seen: Seen[] = [];
  const state = { origin: '', port: 0, seen, last: null as NtlmVerifier | null };
  const numbers = new Map<Socket, number>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { socket } = request;
    const field = request.headers[isProxy ? 'proxy-authorization' : 'authorization'];
    const number = numbers.get(socket) ?? numbers.size;
    numbers.set(socket, number);
    seen.push({
      line: `${request.httpVersion} ${request.method} ${field === undefined ? '-' : field.slice(0, 15)} ${body}`,
      connection: number,
    });
    const verifier = verifiers.get(socket) ?? new NtlmVerifier('pass');
    verifiers.set(socket, verifier);
    state.last = verifier;
    if (request.url === '/public') {
      response.end(`public ${body}`.padEnd(options.padding ?? 0));
      return;
    }
    const refusal =
      request.httpVersion !== '2.0' && (field !== undefined || !welcome.has(socket))
        ? verifier.refusal(field)
        : request.httpVersion === '2.0'
          ? 'NTLM'
          : null;
    if (refusal === null) {
      welcome.add(socket);
      response.end(`welcome ${verifier.domain}/${verifier.user} ${body}`);
      return;
    }
    const name = isProxy ? 'proxy-authenticate' : 'www-authenticate';
    response.writeHead(isProxy ? 407 : 401, { [name]: refusal }).end('who?');
  };
  const server = options.secure
    ? createSecureServer({ ...identity, allowHTTP1: true }, answer as never)
    : createServer(answer);
  await cleanup.listen(server as never);
  state.port = portOf(server as never);
  state.origin = `http${options.secure ? 's' : ''}://${options.secure ? 'localhost' : '127.0.0.1'}:${state.port}`;
  return state;
}

const types = (seen: readonly Seen[]) => seen.map(({ line }) => line);
const [FIRST, LAST] = ['NTLM TlRMTVNTUA', 'NTLM TlRMTVNTUA'];

test('a listed host is answered over one connection, whose first rounds carry no body', async () => {
  const server = await startNtlmServer();
  const credentials = { [server.origin]: account };
  const manager = managerWith({ credentials, integratedAuthenticationHosts: ['127.0.0.1'] });
  expect(await manager.post(`${server.origin}/a`, 'body').text()).toBe('welcome DOM/user body');
  expect(types(server.seen)).toEqual(['1.1 POST - body', `1.1 POST ${FIRST} `, `1.1 POST ${LAST} body`]);
  expect(server.seen[2]!.connection).toBe(server.seen[1]!.connection);
  server.seen.length = 0;
  expect(await manager.post(`${server.origin}/b`, 'more').text()).toBe('welcome DOM/user more');
  expect(types(server.seen)).toEqual(['1.1 POST - more']);
  server.seen.length = 0;
  const stream = async function* () {
    yield new TextEncoder().encode('once');
  };
  expect(await manager.post(`${server.origin}/c`, stream()).text()).toBe('welcome DOM/user once');
  expect(types(server.seen)).toEqual([`1.1 POST ${FIRST} `, `1.1 POST ${LAST} once`]);
});

test.each([
  ['over the same connection', 0, true],
  ['over another one where the answer is too long to be read', 1_000_000, false],
])('what is let in with the first round of a handshake is sent again, %s', async (_, padding, isSame) => {
  const server = await startNtlmServer({ padding });
  const credentials = { [server.origin]: account };
  // On its clock a body takes no time, of which it has half a second.
  const clock = new FakeClock();
  const manager = managerWith({ credentials, integratedAuthenticationHosts: ['127.0.0.1'], clock });
  await manager.get(`${server.origin}/`).text();
  server.seen.length = 0;
  const stream = async function* () {
    yield new TextEncoder().encode('once');
  };
  const text = await manager.post(`${server.origin}/public`, stream()).text();
  expect(text.trimEnd()).toBe('public once');
  expect(types(server.seen)).toEqual([`1.1 POST ${FIRST} `, '1.1 POST - once']);
  expect(server.seen[1]!.connection === server.seen[0]!.connection).toBe(isSame);
});

test('requests at once have connections of their own, and strangers none of them', async () => {
  const server = await startNtlmServer();
  const credentials = { [server.origin]: account };
  const manager = managerWith({ credentials, integratedAuthenticationHosts: ['127.0.0.1'] });
  const texts = [1, 2, 3].map((i) => manager.get(`${server.origin}/${i}`).text());
  for (const text of await Promise.all(texts)) expect(text).toBe('welcome DOM/user ');
  const leased = new Set(
    server.seen.filter(({ line }) => line.includes('NTLM')).map((one) => one.connection),
  );
  const stranger = managerWith({});
  await expect(stranger.get(`${server.origin}/x`).text()).rejects.toMatchObject({ status: 401 });
  const own = manager.get({ url: `${server.origin}/x`, headers: { authorization: 'Basic eA==' } });
  await expect(own.text()).rejects.toMatchObject({ status: 401 });
  for (const { connection } of server.seen.slice(-2)) expect(leased).not.toContain(connection);
});

test('a host that is not listed is told nothing, and nobody is asked', async () => {
  const server = await startNtlmServer();
  const manager = managerWith({
    credentials: () => expect.unreachable(),
    integratedAuthenticationHosts: ['intra.test'],
  });
  await expect(manager.get(`${server.origin}/`).text()).rejects.toMatchObject({
    code: 'authentication-required',
    status: 401,
  });
  expect(types(server.seen)).toEqual(['1.1 GET - ']);
});

test('a wrong password is asked for again, three times at most', async () => {
  const server = await startNtlmServer();
  let asked = 0;
  const manager = managerWith({ integratedAuthenticationHosts: ['*'] }).on(
    'authenticationRequired',
    (_, authenticator) => {
      asked++;
      authenticator.user = 'DOM\\user';
      authenticator.password = `wrong ${asked}`;
    },
  );
  await expect(manager.get(`${server.origin}/`).text()).rejects.toMatchObject({ status: 401 });
  expect(asked).toBe(3);
});

test('over TLS it is bound to the certificate, and moves from HTTP/2 to HTTP/1.1 by itself', async () => {
  const server = await startNtlmServer({ secure: true });
  const credentials = { [server.origin]: account };
  const manager = managerWith({ credentials, integratedAuthenticationHosts: ['localhost'] });
  expect(await manager.get({ url: `${server.origin}/`, tls }).text()).toBe('welcome DOM/user ');
  expect(types(server.seen)).toEqual(['2.0 GET - ', `1.1 GET ${FIRST} `, `1.1 GET ${LAST} `]);
  const der = new X509Certificate(identity.cert).raw;
  const binding = Buffer.concat([
    Buffer.from('tls-server-end-point:'),
    createHash('sha256').update(der).digest(),
  ]);
  const head = Buffer.alloc(20);
  head.writeUInt32LE(binding.length, 16);
  const expected = createHash('md5')
    .update(Buffer.concat([head, binding]))
    .digest();
  expect(server.last!.said.get(10)).toEqual(expected);
  expect(server.last!.said.get(9)!.toString('utf16le')).toBe('HTTP/localhost');
});

test('a proxy that is asked by absolute URLs gets it without being listed', async () => {
  const proxy = await startNtlmServer({ field: 'proxy' });
  const manager = managerWith({ proxy: proxy.origin, credentials: { [proxy.origin]: account } });
  expect(await manager.put('http://origin.test/a', 'body').text()).toBe('welcome DOM/user body');
  const [, first, last] = proxy.seen;
  expect(types(proxy.seen).slice(1)).toEqual([`1.1 PUT ${FIRST} `, `1.1 PUT ${LAST} body`]);
  expect(last!.connection).toBe(first!.connection);
});

describe('a proxy that opens tunnels', () => {
  /** It knows a user by the connection; `closes` after each answer. */
  async function startTunnels(closes = false) {
    const seen: string[] = [];
    const password = 'pass';
    let number = 0;
    const proxy = createTcpServer((near) => {
      const connection = number++;
      const verifier = new NtlmVerifier(password);
      near.on('error', () => {});
      const listen = (bytes: Buffer): void => {
        const head = bytes.toString('latin1');
        const field = /^proxy-authorization: (.*)$/im.exec(head)?.[1];
        seen.push(`${connection} ${head.split(' ')[0]} ${field?.slice(0, 15) ?? '-'}`);
        const challenge = verifier.refusal(field);
        if (challenge !== null) {
          const more = closes ? 'Connection: close\r\n' : '';
          const answer = `HTTP/1.1 407 Who?\r\nProxy-Authenticate: ${challenge}\r\n${more}Content-Length: 4\r\n\r\nwho?`;
          if (closes) near.end(answer);
          else near.write(answer);
          return;
        }
        near.off('data', listen);
        const [, port] = /:(\d+) /.exec(head)!;
        const far = connect(Number(port), '127.0.0.1', () => {
          near.write('HTTP/1.1 200 Open\r\n\r\n');
          near.pipe(far).pipe(near);
        });
        far.on('error', () => near.destroy());
        near.on('close', () => far.destroy());
      };
      near.on('data', listen);
    });
    await cleanup.listen(proxy);
    return { seen, origin: `http://127.0.0.1:${portOf(proxy)}` };
  }

  test('is answered over the connection that becomes the tunnel, and the origin is told nothing of it', async () => {
    const [, https] = await startBoth();
    const proxy = await startTunnels();
    const manager = managerWith({ proxy: proxy.origin, credentials: { [proxy.origin]: account } });
    const { fields } = await manager
      .get({ url: `${https.origin}/echo`, http2Allowed: false })
      .json<{ fields: string[][] }>();
    expect(fields.flat().join()).not.toMatch(/ntlm/i);
    expect(proxy.seen).toEqual(['0 CONNECT -', `0 CONNECT ${FIRST}`, `0 CONNECT ${LAST}`]);
    expect(await manager.get({ url: `${https.origin}/hello`, http2Allowed: false }).text()).toBe('hello');
    expect(proxy.seen.length).toBe(3);
  });

  test('and closes between the rounds cannot be answered, and is not asked for ever', async () => {
    const [, https] = await startBoth();
    const proxy = await startTunnels(true);
    const manager = managerWith({ proxy: proxy.origin, credentials: { [proxy.origin]: account } });
    await expect(manager.get(`${https.origin}/hello`).text()).rejects.toMatchObject({
      code: 'proxy-authentication-required',
      status: 407,
    });
    expect(proxy.seen).toEqual(['0 CONNECT -', `1 CONNECT ${FIRST}`]);
  });

  test('and another password is refused three times at most', async () => {
    const [, https] = await startBoth();
    const proxy = await startTunnels();
    const asked: number[] = [];
    const manager = managerWith({ proxy: proxy.origin }).on('proxyAuthenticationRequired', (_, given) => {
      asked.push(given.attempt);
      given.user = 'DOM\\user';
      given.password = `SECRET${asked.length}`;
    });
    const error = await manager
      .get(`${https.origin}/hello`)
      .text()
      .then(
        () => expect.unreachable(),
        (thrown) => thrown,
      );
    expect(error).toMatchObject({ code: 'proxy-authentication-required', status: 407 });
    expect(asked).toEqual([1, 2, 3]);
    expect(JSON.stringify(error)).not.toContain('SECRET');
  });
});

describe.each(['http', 'https'])('a request of %s that is given up', (scheme) => {
  /** A proxy that asks without end, and is silent from one round on. */
  async function startAsking(silentAt: number) {
    const open = new Set<Socket>();
    let rounds = 0;
    const told = new EventEmitter();
    const fellSilent = once(told, 'silent');
    const verifier = new NtlmVerifier('pass');
    const server = createTcpServer((socket) => {
      open.add(socket);
      socket.on('error', () => {}).on('close', () => open.delete(socket));
      socket.on('data', (bytes) => {
        if (++rounds === silentAt) return void told.emit('silent');
        const field = /^proxy-authorization: (.*)$/im.exec(bytes.toString('latin1'))?.[1];
        const challenge = verifier.refusal(field) ?? 'NTLM';
        socket.write(
          `HTTP/1.1 407 Who?\r\nProxy-Authenticate: ${challenge}\r\nContent-Length: 4\r\n\r\nwho?`,
        );
      });
    });
    await cleanup.listen(server);
    return { url: `http://127.0.0.1:${portOf(server)}`, open, fellSilent };
  }

  test.each([1, 2, 3])(
    'in round %d of a handshake with a proxy leaves no connection behind',
    async (round) => {
      const { url, open, fellSilent } = await startAsking(round);
      const manager = managerWith({ proxy: url, credentials: { [url]: account } });
      const reply = manager.get(`${scheme}://origin.test/`);
      const text = reply.text();
      await Promise.race([fellSilent, text]);
      reply.abort();
      await expect(text).rejects.toMatchObject({ code: 'operation-canceled' });
      await expect.poll(() => open.size, { timeout: 10_000 }).toBe(0);
    },
  );

  test('while somebody types a password holds nobody up', async () => {
    const { url, open } = await startAsking(3);
    const manager = managerWith({ proxy: url });
    const asked = new Promise<void>((resolve) => {
      manager.on('proxyAuthenticationRequired', () => {
        resolve();
        return new Promise<void>(() => {});
      });
    });
    const reply = manager.get(`${scheme}://origin.test/`);
    const text = reply.text();
    await Promise.race([asked, text]);
    reply.abort();
    await expect(text).rejects.toMatchObject({ code: 'operation-canceled' });
    await manager.close();
    await expect.poll(() => open.size, { timeout: 10_000 }).toBe(0);
  });
});
