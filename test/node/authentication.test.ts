import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { inspect } from 'node:util';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type ManagerOptions, NetworkAccessManager, type NetworkError } from '../../platform/node/index.ts';
import type { Authenticator } from '../../src/call/authentication.ts';
import { DigestVerifier } from '../support/digest-server.ts';
import { eventually } from '../support/eventually.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';

const cleanup = new Cleanup();
const basic = (user: string, password: string) => `Basic ${btoa(`${user}:${password}`)}`;

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server that keeps what it was sent: `METHOD target authorization`. */
async function serve(handle: Handler) {
  const seen: {
    readonly line: string;
    readonly body: string;
    readonly headers: IncomingMessage['headers'];
  }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method, url, headers } = request;
    seen.push({ line: `${method} ${url} ${headers.authorization ?? '-'}`, body, headers });
    handle(request, response, body);
  });
  await cleanup.listen(server);
  return { origin: `http://127.0.0.1:${portOf(server)}`, seen, lines: () => seen.map(({ line }) => line) };
}

const refuse = (response: ServerResponse, challenge: string | readonly string[], text = 'refused'): void => {
  response.writeHead(401, { 'www-authenticate': challenge as string[] }).end(text);
};

/** Wants Basic `user:pass` for a realm. */
const closed =
  (realm = 'closed', right = basic('user', 'pass')): Handler =>
  (request, response) => {
    if (request.headers.authorization === right) response.end('welcome');
    else refuse(response, `Basic realm="${realm}"`);
  };

let faults: Error[];
beforeEach(() => {
  faults = [];
});

function client(options: ManagerOptions = {}): NetworkAccessManager {
  const manager = new NetworkAccessManager(options).on('faultOccurred', (fault) => faults.push(fault));
  cleanup.add(() => manager.close());
  return manager;
}

/** Fills in, one pair after another, and keeps what it was asked. */
function filling(...pairs: readonly (readonly [string, string] | null)[]) {
  const asked: Authenticator[] = [];
  const listener = async (_: unknown, authenticator: Authenticator) => {
    const pair = pairs[asked.length];
    asked.push(authenticator);
    await null;
    if (pair) Object.assign(authenticator, { user: pair[0], password: pair[1] });
  };
  return { asked, listener };
}

const failed = (reply: { text(): Promise<string> }): Promise<NetworkError> =>
  reply.text().then(
    (text) => {
      throw new Error(`it succeeded: ${text}`);
    },
    (error) => error,
  );

describe('the signal', () => {
  test('asks once; what is filled in is sent, and from then on unasked within the space', async () => {
    const server = await serve(closed());
    const manager = client();
    const { asked, listener } = filling(['user', 'pass']);
    manager.on('authenticationRequired', listener);
    const reply = manager.get(`${server.origin}/a/b?c`);
    const heads = vi.fn();
    reply.on('metaDataChanged', heads);
    expect(await reply.text()).toBe('welcome');
    expect(heads).toHaveBeenCalledTimes(1);
    expect(await manager.get(`${server.origin}/a/d/e`).text()).toBe('welcome');
    expect(server.lines()).toEqual([
      'GET /a/b?c -',
      `GET /a/b?c ${basic('user', 'pass')}`,
      `GET /a/d/e ${basic('user', 'pass')}`,
    ]);
    const [{ scheme, realm, origin, isProxy, attempt, options }] = asked as [Authenticator];
    expect({ scheme, realm, origin, isProxy, attempt, options }).toEqual({
      scheme: 'basic',
      realm: 'closed',
      origin: server.origin,
      isProxy: false,
      attempt: 1,
      options: { realm: 'closed' },
    });
    // Outside of the space it waits to be asked, and knows the answer.
    expect(await manager.get(`${server.origin}/other`).text()).toBe('welcome');
    expect(server.lines().slice(3)).toEqual(['GET /other -', `GET /other ${basic('user', 'pass')}`]);
    expect(asked).toHaveLength(1);
    manager.clearAccessCache();
    expect((await failed(manager.get(`${server.origin}/a/b`))).code).toBe('authentication-required');
    expect(asked).toHaveLength(2);
  });

  test('of the reply is asked, too; the manager first', async () => {
    const server = await serve(closed());
    const order: string[] = [];
    const manager = client().on('authenticationRequired', (reply, { attempt }) => {
      order.push(`manager ${attempt} ${reply.url}`);
    });
    const reply = manager.get(`${server.origin}/`);
    reply.on('authenticationRequired', (authenticator) => {
      order.push('reply');
      authenticator.user = 'user';
      authenticator.password = 'pass';
    });
    expect(await reply.text()).toBe('welcome');
    expect(order).toEqual([`manager 1 ${server.origin}/`, 'reply']);
  });

  test.each<[string, (authenticator: Authenticator) => unknown]>([
    ['leaves it', () => {}],
    [
      'cancels it',
      (authenticator) => {
        authenticator.user = 'user';
        authenticator.password = 'pass';
        authenticator.cancel();
      },
    ],
    [
      'throws',
      (authenticator) => {
        authenticator.user = 'user';
        throw new Error('no');
      },
    ],
    [
      'rejects',
      async (authenticator) => {
        authenticator.user = 'user';
        throw new Error('no');
      },
    ],
  ])('a listener that %s gets the 401 as it is', async (name, listener) => {
    const server = await serve(closed());
    const reply = client().get(`${server.origin}/`);
    reply.on('authenticationRequired', listener);
    const error = await failed(reply);
    expect(error).toMatchObject({ code: 'authentication-required', qtCode: 204, status: 401 });
    expect(new TextDecoder().decode(error.body)).toBe('refused');
    expect(reply.status).toBe(401);
    expect(reply.headers.get('www-authenticate')).toBe('Basic realm="closed"');
    expect(faults.map(({ message }) => message)).toEqual(/throws|rejects/.test(name) ? ['no'] : []);
    expect(server.seen).toHaveLength(1);
    expect(
      await client()
        .get({ url: `${server.origin}/`, throwHttpErrors: false })
        .text(),
    ).toBe('refused');
  });

  test('a 401 that is too long to be kept is delivered whole', async () => {
    const server = await serve((_, response) => refuse(response, 'Basic realm="x"', 'x'.repeat(1_000_000)));
    const manager = client().on('authenticationRequired', () => {});
    const text = await manager.get({ url: server.origin, throwHttpErrors: false }).text();
    expect(text).toBe('x'.repeat(1_000_000));
  });

  test('the transfer timer stands still while it is open', async () => {
    const server = await serve(closed());
    const clock = new FakeClock();
    const manager = client({ transferTimeout: 50, clock });
    manager.on('authenticationRequired', async (_, authenticator) => {
      await new Promise(setImmediate);
      clock.advance(10_000);
      Object.assign(authenticator, { user: 'user', password: 'pass' });
    });
    expect(await manager.get(`${server.origin}/`).text()).toBe('welcome');
  });

  test.each(['abort', 'close'])('%s ends a request that waits for it', async (how) => {
    const server = await serve(closed());
    const manager = client();
    const asked = new Promise<void>((resolve) => {
      manager.on('authenticationRequired', () => {
        resolve();
        return new Promise(() => {});
      });
    });
    const reply = manager.get(`${server.origin}/`);
    const error = failed(reply);
    await asked;
    if (how === 'abort') reply.abort();
    else await manager.close();
    expect((await error).code).toBe('operation-canceled');
  });
});

describe('refused credentials', () => {
  test('are forgotten, and asked for again, three times at most', async () => {
    const server = await serve(closed());
    const manager = client();
    const { asked, listener } = filling(['user', 'a'], ['user', 'b'], ['user', 'c'], ['user', 'pass']);
    manager.on('authenticationRequired', listener);
    expect((await failed(manager.get(`${server.origin}/`))).status).toBe(401);
    expect(asked.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(server.seen).toHaveLength(4);
    expect(await manager.get(`${server.origin}/`).text()).toBe('welcome');
    expect(server.lines().slice(4)).toEqual(['GET / -', `GET / ${basic('user', 'pass')}`]);
  });

  test('that were right before are asked for anew', async () => {
    let right = basic('user', 'old');
    const server = await serve((request, response) => closed('closed', right)(request, response, ''));
    const manager = client({ maximumAuthenticationAttempts: 1 });
    const { asked, listener } = filling(['user', 'old'], ['user', 'new'], null);
    manager.on('authenticationRequired', listener);
    await manager.get(`${server.origin}/`).text();
    right = basic('user', 'new');
    expect(await manager.get(`${server.origin}/`).text()).toBe('welcome');
    expect(asked).toHaveLength(2);
    expect(server.lines().slice(2)).toEqual([`GET / ${basic('user', 'old')}`, `GET / ${right}`]);
  });

  test('of one realm are right in another, and what was sent there unasked is kept', async () => {
    const right = basic('user', 'pass');
    const server = await serve((request, response) => {
      const realm = request.url!.startsWith('/inner/') ? 'inner' : 'outer';
      // The inner realm is a session: it lets nobody in without having asked.
      const isRight =
        realm === 'outer' || server.lines().filter((line) => line.includes('/inner/')).length > 1;
      if (isRight && request.headers.authorization === right) response.end(realm);
      else refuse(response, `Basic realm="${realm}"`);
    });
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'pass' } } });
    const { asked, listener } = filling();
    manager.on('authenticationRequired', listener);
    expect(await manager.get(`${server.origin}/`).text()).toBe('outer');
    expect(await manager.get(`${server.origin}/inner/`).text()).toBe('inner');
    expect(await manager.get(`${server.origin}/`).text()).toBe('outer');
    expect(server.lines()).toEqual([
      'GET / -',
      `GET / ${right}`,
      `GET /inner/ ${right}`,
      `GET /inner/ ${right}`,
      `GET / ${right}`,
    ]);
    expect(asked).toHaveLength(0);
  });

  test('that are renewed in another realm of the same paths are the ones that are sent from then on', async () => {
    let valid = 'token-1';
    const server = await serve(({ headers }, response) => {
      if (headers.authorization === `Bearer ${valid}`) response.end('welcome');
      else refuse(response, headers.authorization ? 'Bearer realm="x", error="invalid_token"' : 'Bearer');
    });
    const manager = client({ credentials: () => ({ token: valid }) });
    await manager.get(`${server.origin}/1`).text();
    valid = 'token-2';
    await manager.get(`${server.origin}/2`).text();
    await manager.get(`${server.origin}/3`).text();
    expect(server.lines()).toEqual([
      'GET /1 -',
      'GET /1 Bearer token-1',
      'GET /2 Bearer token-1',
      'GET /2 Bearer token-2',
      'GET /3 Bearer token-2',
    ]);
  });

  test('of a URL take the place of none that were right', async () => {
    const server = await serve(closed());
    const manager = client();
    const { asked, listener } = filling(['user', 'pass'], null);
    manager.on('authenticationRequired', listener);
    await manager.get(`${server.origin}/`).text();
    const wrong = `${server.origin.replace('//', '//user:wrong@')}/`;
    expect((await failed(manager.get(wrong))).status).toBe(401);
    expect(await manager.get(`${server.origin}/`).text()).toBe('welcome');
    expect(asked).toHaveLength(2);
    expect(server.lines().slice(2)).toEqual([
      'GET / -',
      `GET / ${basic('user', 'wrong')}`,
      `GET / ${basic('user', 'pass')}`,
    ]);
  });

  test.each<[string, Handler]>([
    ['answers for ever', (_, response) => refuse(response, 'Basic realm="x"')],
    [
      'changes its realm each time',
      (() => {
        let i = 0;
        return (_, response) => refuse(response, `Basic realm="${i++}"`);
      })(),
    ],
    [
      'finds each nonce stale',
      (() => {
        let i = 0;
        return (_, response) => refuse(response, `Digest realm="x", qop="auth", stale=true, nonce="${i++}"`);
      })(),
    ],
    [
      'changes scheme and realm',
      (() => {
        let i = 0;
        return (_, response) =>
          refuse(response, i % 2 ? `Basic realm="${i++}"` : `Digest realm="${i++}", nonce="a"`);
      })(),
    ],
  ])('a server that %s is given up', async (_, handle) => {
    const server = await serve(handle);
    const manager = client({ credentials: ({ attempt }) => ({ user: 'u', password: String(attempt) }) });
    expect((await failed(manager.get(`${server.origin}/`))).code).toBe('authentication-required');
    expect(server.seen.length).toBeLessThan(25);
    // The connection is free.
    expect(
      (await failed(manager.get({ url: `${server.origin}/`, authenticationReuse: 'manual' }))).status,
    ).toBe(401);
  });

  test.each([
    ['from Digest to Basic', ['Digest realm="x", nonce="n", qop=auth', 'Basic realm="x"']],
    [
      'from SHA-256 to MD5',
      [
        'Digest realm="x", nonce="n", qop=auth, algorithm=SHA-256',
        'Digest realm="x", nonce="m", qop=auth, stale=true',
      ],
    ],
    ['away from qop', ['Digest realm="x", nonce="n", qop=auth', 'Digest realm="x", nonce="m", stale=true']],
  ])('a downgrade in mid-handshake (%s) ends it', async (_, challenges) => {
    let i = 0;
    const server = await serve((_request, response) => refuse(response, challenges[Math.min(i++, 1)]!));
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'SECRET' } } });
    const { asked, listener } = filling(['user', 'SECRET']);
    manager.on('authenticationRequired', listener);
    expect((await failed(manager.get(`${server.origin}/`))).code).toBe('authentication-required');
    expect(server.seen).toHaveLength(2);
    expect(asked).toHaveLength(0);
    expect(server.lines().join()).not.toContain('Basic');
  });

  test('what a strong scheme was given, a weak one gets only when it is asked for', async () => {
    let challenge = 'Digest realm="x", nonce="n", qop=auth';
    const server = await serve((request, response) => {
      if (request.headers.authorization?.startsWith(challenge.split(' ')[0]!)) response.end('welcome');
      else refuse(response, challenge);
    });
    const manager = client();
    const { asked, listener } = filling(['user', 'pass'], null);
    manager.on('authenticationRequired', listener);
    await manager.get(`${server.origin}/`).text();
    challenge = 'Basic realm="x"';
    expect((await failed(manager.get(`${server.origin}/`))).status).toBe(401);
    expect(asked.map(({ scheme }) => scheme)).toEqual(['digest', 'basic']);
    expect(server.lines().join()).not.toContain('Basic');
  });
});

describe('requests at once', () => {
  test('ask once for one space', async () => {
    const server = await serve(closed());
    const manager = client();
    const { asked, listener } = filling(['user', 'wrong'], ['user', 'pass']);
    manager.on('authenticationRequired', listener);
    const texts = Array.from({ length: 20 }, (_, i) => manager.get(`${server.origin}/${i}`).text());
    expect(new Set(await Promise.all(texts))).toEqual(new Set(['welcome']));
    // The first that is refused asks again: one that had waited for the answer, or one that had found it, which asks for the
    // first time.
    expect(asked.map(({ attempt }) => attempt)).toEqual([1, expect.toBeOneOf([1, 2])]);
  });

  test('each have an abort of their own, whoever asks included', async () => {
    const server = await serve(closed());
    const manager = client();
    const open: [aborts: () => void, fill: () => void][] = [];
    const asked = vi.fn();
    manager.on('authenticationRequired', (reply, authenticator) => {
      asked();
      return new Promise<void>((resolve) => {
        open.push([
          () => reply.abort(),
          () => {
            Object.assign(authenticator, { user: 'user', password: 'pass' });
            resolve();
          },
        ]);
      });
    });
    const replies = [1, 2, 3].map((i) => manager.get(`${server.origin}/${i}`));
    const results = replies.map((reply) => reply.text().catch((error) => error.code));
    await eventually(() => expect(server.seen).toHaveLength(3));
    await eventually(() => expect(open).toHaveLength(1));
    open[0]![0]();
    await eventually(() => expect(open).toHaveLength(2));
    open[1]![1]();
    const settled = await Promise.all(results);
    expect(settled.sort()).toEqual(['operation-canceled', 'welcome', 'welcome']);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  test('left unfilled, all get their 401', async () => {
    const server = await serve(closed());
    const manager = client();
    const { asked, listener } = filling(null);
    manager.on('authenticationRequired', async (...args) => {
      await eventually(() => expect(server.seen).toHaveLength(3));
      return listener(...args);
    });
    const errors = await Promise.all([1, 2, 3].map((i) => failed(manager.get(`${server.origin}/${i}`))));
    expect(errors.map(({ status }) => status)).toEqual([401, 401, 401]);
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test('count their nonce without a repeat', async () => {
    const verifier = new DigestVerifier({
      user: 'user',
      password: 'pass',
      qop: 'auth',
      algorithm: 'SHA-256',
    });
    const server = await serve((request, response) => {
      const refused = verifier.refusal(request.headers.authorization, request.method!, request.url!);
      if (refused === null) response.setHeader('authentication-info', verifier.info()).end('welcome');
      else refuse(response, verifier.challenge());
    });
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'pass' } } });
    await manager.get(`${server.origin}/first`).text();
    const before = server.seen.length;
    const texts = await Promise.all(
      Array.from({ length: 50 }, (_, i) => manager.get(`${server.origin}/${i}?a=%2f`).text()),
    );
    expect(new Set(texts)).toEqual(new Set(['welcome']));
    expect(server.seen.length - before).toBe(50);
    expect(
      new Set(server.seen.slice(before).map(({ headers }) => /nc=(\w+)/.exec(headers.authorization!)![1]))
        .size,
    ).toBe(50);
  });
});

describe('Digest', () => {
  test('a nonce that is too old costs no question', async () => {
    const verifier = new DigestVerifier({ user: 'user', password: 'pass', qop: 'auth' });
    const server = await serve((request, response) => {
      const refused = verifier.refusal(request.headers.authorization, request.method!, request.url!);
      if (refused === null) response.end('welcome');
      else refuse(response, verifier.challenge(request.headers.authorization ? 'stale=true' : ''));
    });
    const manager = client();
    const { asked, listener } = filling(['user', 'pass']);
    manager.on('authenticationRequired', listener);
    for (let i = 0; i < 3; i++) {
      expect(await manager.get(`${server.origin}/`).text()).toBe('welcome');
      verifier.nonces.clear();
    }
    expect(asked).toHaveLength(1);
  });

  test('a server that cannot prove that it knows the password fails the reply', async () => {
    const verifier = new DigestVerifier({ user: 'user', password: 'pass', qop: 'auth' });
    const server = await serve((request, response) => {
      const { authorization } = request.headers;
      if (authorization === undefined) refuse(response, verifier.challenge());
      else response.setHeader('authentication-info', 'rspauth="0123", qop=auth').end('gotcha');
    });
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'pass' } } });
    const error = await failed(manager.get(`${server.origin}/`));
    expect(error).toMatchObject({ code: 'protocol-failure' });
    expect(error.message).toContain('rspauth');
  });

  test('the strongest of several challenges is answered', async () => {
    const server = await serve((_, response) =>
      refuse(response, [
        'Basic realm="x"',
        'Digest realm="x", nonce="a", algorithm=MD5',
        'Unknown a, Digest realm="x", nonce="b", algorithm=SHA-256',
      ]),
    );
    const manager = client({
      maximumAuthenticationAttempts: 1,
      credentials: () => ({ user: 'u', password: 'p' }),
    });
    await failed(manager.get(`${server.origin}/`));
    expect(server.lines()[1]).toContain('nonce="b"');
    const other = client({
      authenticationSchemes: ['basic', 'digest'],
      credentials: () => ({ user: 'u', password: 'p' }),
    });
    await failed(other.get(`${server.origin}/`));
    expect(server.lines().at(-1)).toContain('Basic');
  });
});

describe('the option credentials', () => {
  test('a map of origins answers its own and no other', async () => {
    const one = await serve(closed());
    const other = await serve(closed());
    const manager = client({
      credentials: new Map([[`${one.origin}/`, { user: 'user', password: 'pass' }]]),
    });
    expect(await manager.get(one.origin).text()).toBe('welcome');
    expect((await failed(manager.get(other.origin))).status).toBe(401);
    expect(other.lines()).toEqual(['GET / -']);
    expect(
      inspect(manager, { depth: 9 }) +
        JSON.stringify(manager) +
        inspect(manager.credentials, { showHidden: true }),
    ).not.toContain('pass');
  });

  test('what it gives is refused once; then the listeners are asked', async () => {
    const server = await serve(closed());
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'old' } } });
    const { asked, listener } = filling(['user', 'pass']);
    manager.on('authenticationRequired', listener);
    expect(await manager.get(server.origin).text()).toBe('welcome');
    expect(server.seen).toHaveLength(3);
    expect(asked.map(({ attempt }) => attempt)).toEqual([2]);
  });

  test.each<[string, () => never]>([
    [
      'throws',
      () => {
        throw new Error('no keychain');
      },
    ],
    ['gives nonsense', () => ({ user: 'SECRET', passwd: 1 }) as never],
    ['rejects', () => Promise.reject(new Error('no keychain')) as never],
  ])('one that %s is a fault, and the 401 is delivered', async (_, credentials) => {
    const server = await serve(closed());
    expect((await failed(client({ credentials }).get(server.origin))).status).toBe(401);
    expect(faults).toHaveLength(1);
    expect(faults[0]!.message).toContain(`the option credentials failed for ${server.origin}`);
    expect(faults[0]!.message).not.toContain('SECRET');
  });

  test('a token is renewed once for all who need it', async () => {
    let valid = 'token-1';
    const server = await serve((request, response) => {
      if (request.headers.authorization === `Bearer ${valid}`) response.end('welcome');
      else refuse(response, request.headers.authorization ? 'Bearer error="invalid_token"' : 'Bearer');
    });
    const credentials = vi.fn(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      return { token: valid };
    });
    const manager = client({ credentials });
    const get = (i: number) => manager.get(`${server.origin}/${i}`).text();
    expect(await get(0)).toBe('welcome');
    expect(await get(1)).toBe('welcome');
    expect(server.seen).toHaveLength(3);
    valid = 'token-2';
    expect(new Set(await Promise.all([2, 3, 4, 5].map(get)))).toEqual(new Set(['welcome']));
    expect(credentials).toHaveBeenCalledTimes(2);
    expect(credentials.mock.calls).toMatchObject([
      [{ scheme: 'bearer', attempt: 1 }],
      [{ scheme: 'bearer', attempt: 1, options: { error: 'invalid_token' } }],
    ]);
  });
});

describe('where credentials go', () => {
  test('userinfo is used once, without a question, and stands nowhere else', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/hop' && request.headers.authorization)
        response.writeHead(302, { location: '/end' }).end();
      else closed()(request, response, '');
    });
    const manager = client();
    const url = server.origin.replace('//', '//user:pass@');
    const reply = manager.get(`${url}/hop`);
    expect(await reply.text()).toBe('welcome');
    expect(reply.url).toBe(`${server.origin}/end`);
    expect(
      JSON.stringify(server.seen.map(({ headers }) => ({ ...headers, authorization: '' }))),
    ).not.toContain('pass');
    const wrong = manager.get(`${url.replace('pass', 'SECRET')}/x`);
    const error = await failed(wrong);
    expect(error.code).toBe('authentication-required');
    expect(server.lines().slice(-2)).toEqual(['GET /x -', `GET /x ${basic('user', 'SECRET')}`]);
    for (const shown of [
      inspect(error, { depth: 9 }),
      JSON.stringify(error),
      inspect(wrong, { depth: 9 }),
      wrong.url,
      String(error.stack),
    ])
      expect(shown).not.toContain('SECRET');
  });

  test('no other origin gets them, on a redirect or by itself', async () => {
    const other = await serve(closed());
    const server = await serve((request, response) => {
      if (request.headers.authorization) response.writeHead(307, { location: `${other.origin}/there` }).end();
      else refuse(response, `Digest realm="closed", nonce="a", domain="/ ${other.origin}/"`);
    });
    const manager = client();
    manager.on('authenticationRequired', (_, authenticator) => {
      if (authenticator.origin === server.origin)
        Object.assign(authenticator, { user: 'user', password: 'pass' });
    });
    expect((await failed(manager.get(`${server.origin}/`))).status).toBe(401);
    await failed(manager.get(`${other.origin}/`));
    expect(other.lines()).toEqual(['GET /there -', 'GET / -']);
  });

  test('a field that was set by hand wins, and its 401 is delivered', async () => {
    const server = await serve(closed());
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'pass' } } });
    const headers = { authorization: 'Bearer mine' };
    expect((await failed(manager.get({ url: server.origin, headers }))).status).toBe(401);
    await manager.get(server.origin).text();
    expect((await failed(manager.get({ url: server.origin, headers }))).status).toBe(401);
    expect(server.lines().filter((line) => line.endsWith('Bearer mine'))).toHaveLength(2);
    expect(server.seen).toHaveLength(4);
  });

  test("'manual' neither reads nor writes what is remembered", async () => {
    const server = await serve(closed());
    const manager = client();
    const { asked, listener } = filling(['user', 'pass'], ['user', 'pass'], null);
    manager.on('authenticationRequired', listener);
    const manual = { url: `${server.origin}/`, authenticationReuse: 'manual' } as const;
    expect(await manager.get(manual).text()).toBe('welcome');
    expect(await manager.get(`${server.origin}/`).text()).toBe('welcome');
    expect((await failed(manager.get(manual))).status).toBe(401);
    expect(asked).toHaveLength(3);
    expect(server.lines().at(-1)).toBe('GET / -');
  });

  test("'manual' asks once for all attempts of a request, and again for what was refused", async () => {
    let isDown = true;
    const server = await serve((request, response, body) => {
      if (request.headers.authorization !== basic('user', 'pass') || !isDown)
        closed()(request, response, body);
      else response.writeHead(503).end();
      if (request.headers.authorization === basic('user', 'pass')) isDown = false;
    });
    const manager = client();
    const { asked, listener } = filling(['user', 'wrong'], ['user', 'pass'], null);
    manager.on('authenticationRequired', listener);
    const retry = { statuses: [503], delay: 0 };
    const manual = { url: `${server.origin}/`, authenticationReuse: 'manual', retry } as const;
    expect(await manager.get(manual).text()).toBe('welcome');
    expect(asked).toHaveLength(2);
    expect(server.lines().slice(-2)).toEqual(['GET / -', `GET / ${basic('user', 'pass')}`]);
    expect((await failed(manager.get(manual))).status).toBe(401);
    expect(asked).toHaveLength(3);
  });

  test('a fetch that omits credentials gets the 401', async () => {
    const server = await serve(closed());
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'pass' } } });
    expect(await (await manager.fetch(server.origin)).text()).toBe('welcome');
    expect((await manager.fetch(server.origin, { credentials: 'omit' })).status).toBe(401);
  });

  test('partitions do not know of each other', async () => {
    const server = await serve(closed());
    const manager = client();
    const { asked, listener } = filling(['user', 'pass'], ['user', 'pass']);
    manager.on('authenticationRequired', listener);
    for (const siteForCookies of ['https://a.test', 'https://b.test', 'https://a.test'])
      await manager.get({ url: server.origin, siteForCookies }).text();
    expect(asked).toHaveLength(2);
  });

  test('Basic over http is told once, and refused where it is not wanted', async () => {
    const server = await serve(closed());
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'pass' } } });
    await manager.get(`${server.origin}/a`).text();
    await manager.get(`${server.origin}/b`).text();
    expect(faults.map(({ message }) => message)).toEqual([expect.stringContaining('without encryption')]);
    manager.allowBasicOverHttp = false;
    expect((await failed(manager.get(`${server.origin}/a`))).status).toBe(401);
    expect(server.lines().at(-1)).toBe('GET /a -');
  });

  test('a scheme that is not spoken asks nobody', async () => {
    const server = await serve((_, response) =>
      refuse(response, ['Mutual realm="x"', 'NTLM', 'Negotiate'], 'no'),
    );
    const manager = client();
    const { asked, listener } = filling(['user', 'pass']);
    manager.on('authenticationRequired', listener);
    const error = await failed(manager.get(server.origin));
    expect(error).toMatchObject({ code: 'authentication-required', status: 401 });
    expect(asked).toHaveLength(0);
    expect(server.seen).toHaveLength(1);
  });

  test('a name with a colon is refused by Basic, in words that do not show it', async () => {
    const server = await serve(closed());
    const error = await failed(
      client({ credentials: () => ({ user: 'SE:CRET', password: 'x' }) }).get(server.origin),
    );
    expect(error.code).toBe('authentication-required');
    expect(error.message).toContain('colon');
    expect(error.message).not.toContain('CRET');
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    [undefined, 'Jäsøn:ü', 'SuRz+G46/A=='],
    ['UTF-8', 'Jäsøn:ü', btoa(String.fromCharCode(...new TextEncoder().encode('Jäsøn:ü')))],
    [undefined, 'Łuk:ü', btoa(String.fromCharCode(...new TextEncoder().encode('Łuk:ü')))],
  ])('Basic with charset %s sends %s as %s', async (charset, pair, sent) => {
    const server = await serve(closed(`x"${charset ? `, charset="${charset}` : ''}`, 'Basic none'));
    const [user = '', password = ''] = pair.split(':');
    await failed(client({ credentials: () => ({ user, password }) }).get(server.origin));
    expect(server.lines()[1]).toBe(`GET / Basic ${sent === 'SuRz+G46/A==' ? btoa(pair) : sent}`);
  });
});

describe('uploads', () => {
  test('are replayed', async () => {
    const server = await serve(closed());
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'pass' } } });
    expect(await manager.post(server.origin, new Blob(['payload'])).text()).toBe('welcome');
    expect(server.seen.map(({ body }) => body)).toEqual(['payload', 'payload']);
  });

  test('that can be sent once end with content-resend, and go through the next time', async () => {
    const server = await serve(closed());
    const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'pass' } } });
    const stream = () => new Blob(['payload']).stream();
    expect(await failed(manager.post(server.origin, stream()))).toMatchObject({
      code: 'content-resend',
      qtCode: 205,
    });
    expect(await manager.post(server.origin, stream()).text()).toBe('welcome');
  });

  test('that were not sent before the 401 (Expect: 100-continue) are sent then', async () => {
    const bodies: string[] = [];
    const server = createServer();
    const answer: Handler = (request, response) => {
      if (request.headers.authorization === undefined) return refuse(response, 'Basic realm="x"');
      response.writeContinue();
      request.on('data', (chunk) => bodies.push(String(chunk))).on('end', () => response.end('welcome'));
    };
    server.on('checkContinue', (request, response) => answer(request, response, ''));
    await cleanup.listen(server);
    const origin = `http://127.0.0.1:${portOf(server)}`;
    const manager = client({ credentials: { [origin]: { user: 'user', password: 'pass' } } });
    const headers = { expect: '100-continue' };
    expect(await manager.post({ url: origin, headers }, new Blob(['payload']).stream()).text()).toBe(
      'welcome',
    );
    expect(bodies).toEqual(['payload']);
  });
});

test('the cookies of a 401 are kept', async () => {
  const server = await serve((request, response) => {
    if (request.headers.authorization === undefined) response.setHeader('set-cookie', 'seen=1');
    closed()(request, response, '');
  });
  const manager = client({ credentials: { [server.origin]: { user: 'user', password: 'pass' } } });
  expect(await manager.get(server.origin).text()).toBe('welcome');
  expect(server.seen.map(({ headers }) => headers.cookie)).toEqual([undefined, 'seen=1']);
});

test.each([
  ['is read, and its connection free, before anybody is asked', 10_000, 1],
  ['that is too long to be read costs a connection', 1_000_000, 2],
])('the body of a 401 in between %s', async (_, length, connections) => {
  const ports = new Set<number | undefined>();
  const server = await serve((request, response) => {
    ports.add(request.socket.remotePort);
    const isOpen = request.url === '/open' || request.headers.authorization !== undefined;
    if (isOpen) response.end('welcome');
    else {
      // In two parts, so that the end does not come with the head.
      response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).write('x'.repeat(length));
      setImmediate(() => response.end('x'));
    }
  });
  // On its clock a body takes no time, of which it has half a second.
  const manager = client({ clock: new FakeClock() });
  manager.on('authenticationRequired', async (_reply, authenticator) => {
    await manager.get(`${server.origin}/open`).text();
    Object.assign(authenticator, { user: 'user', password: 'pass' });
  });
  expect(await manager.get(server.origin).text()).toBe('welcome');
  expect(ports.size).toBe(connections);
});
