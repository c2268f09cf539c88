import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { Authentication } from '../../platform/node/authentication.ts';
import type { ManagerOptions, SecurityContext, SecurityContextRequest } from '../../src/index.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';

const cleanup = new Cleanup();
const { tls, managerWith, identity } = originsOf(cleanup);
const text = new TextDecoder();
const bytes = (words: string): Uint8Array => new TextEncoder().encode(words);
const base64 = (words: string): string => Buffer.from(words).toString('base64');

interface Seen {
  readonly line: string;
  readonly connection: number;
}

interface ServerOptions {
  readonly secure?: boolean;
  readonly legs?: number;
  /** Its last word; null for none. */
  readonly proof?: string | null;
  readonly others?: readonly string[];
  readonly isProxy?: boolean;
}

/** A server whose handshake takes `legs` tokens over one connection: `leg 1` is answered by `more 1`, and so on. */
async function startNegotiating(options: ServerOptions = {}) {
  const { secure = false, legs = 1, proof = 'proven', others = [], isProxy = false } = options;
  const seen: Seen[] = [];
  const numbers = new Map<Socket, number>();
  const [name, field, status] = isProxy
    ? ['proxy-authenticate', 'proxy-authorization', 407]
    : ['www-authenticate', 'authorization', 401];
  const reached = new Map<Socket, number>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { socket, httpVersion, method } = request;
    const number = numbers.get(socket) ?? numbers.size;
    numbers.set(socket, number);
    const value = String(request.headers[field as string] ?? '');
    const token = /^Negotiate (\S+)$/.exec(value)?.[1];
    const said = token === undefined ? value : Buffer.from(token, 'base64').toString();
    seen.push({ line: `${httpVersion} ${method} ${said || '-'} ${body}`.trim(), connection: number });
    const leg = said === 'leg 1' ? 1 : (reached.get(socket) ?? 0) + 1;
    const isBasic = value.startsWith('Basic ');
    const isRight = said.startsWith(`leg ${leg}`) && httpVersion === '1.1';
    if (isBasic || (isRight && leg === legs)) {
      const last = proof === null || isBasic ? {} : { [name as string]: `Negotiate ${base64(proof)}` };
      response.writeHead(200, last).end(`welcome ${body}`);
      return;
    }
    reached.set(socket, isRight ? leg : 0);
    const challenge = isRight ? `Negotiate ${base64(`more ${leg}`)}` : 'Negotiate';
    response.writeHead(status as number, { [name as string]: [challenge, ...others] }).end('who?');
  };
  const server = secure
    ? createSecureServer({ ...identity, allowHTTP1: true }, answer as never)
    : createServer(answer);
  await cleanup.listen(server as never);
  const host = secure ? 'localhost' : '127.0.0.1';
  return { seen, origin: `http${secure ? 's' : ''}://${host}:${portOf(server as never)}` };
}

interface Made {
  readonly request: SecurityContextRequest;
  readonly steps: string[];
  readonly bindings: (string | null)[];
}

/** Contexts that say `leg 1`, `leg 2`, and are established by the word of the server. */
function contexts() {
  const made: Made[] = [];
  const securityContext = (request: SecurityContextRequest): SecurityContext => {
    const one: Made = { request, steps: [], bindings: [] };
    made.push(one);
    let isEstablished = false;
    return {
      get isEstablished() {
        return isEstablished;
      },
      step: async (token, binding) => {
        const said = token === null ? '' : text.decode(token);
        one.steps.push(said);
        one.bindings.push(binding === null ? null : text.decode(binding.slice(0, 21)));
        if (said === 'forged') throw new Error('the token is not of that service');
        isEstablished = said === 'proven';
        return isEstablished ? null : bytes(`leg ${one.steps.length}`);
      },
    };
  };
  return { made, securityContext };
}

const HOSTS = ['127.0.0.1', 'localhost'];
const managerFor = (given: object, options: ManagerOptions = {}) =>
  managerWith({
    authentication: new Authentication(given),
    integratedAuthenticationHosts: HOSTS,
    ...options,
  });
const lines = (seen: readonly Seen[]) => seen.map(({ line }) => line);

test('a listed host is answered as the account of the system, and nobody is asked', async () => {
  const server = await startNegotiating();
  const { made, securityContext } = contexts();
  const manager = managerFor({ securityContext }).on('authenticationRequired', () => expect.unreachable());
  expect(await manager.post(`${server.origin}/`, 'body').text()).toBe('welcome body');
  expect(lines(server.seen)).toEqual(['1.1 POST - body', '1.1 POST leg 1 body']);
  expect(made).toEqual([
    {
      request: {
        scheme: 'negotiate',
        hostname: '127.0.0.1',
        principal: 'HTTP@127.0.0.1',
        isProxy: false,
        credentials: null,
      },
      steps: ['', 'proven'],
      bindings: [null, null],
    },
  ]);
});

test('a host that is not listed is told nothing', async () => {
  const server = await startNegotiating({ others: ['Basic realm="r"'] });
  const { made, securityContext } = contexts();
  const manager = managerFor({ securityContext }, { integratedAuthenticationHosts: ['intra.test'] });
  await expect(manager.get(`${server.origin}/`).text()).rejects.toMatchObject({ status: 401 });
  expect([lines(server.seen), made]).toEqual([['1.1 GET -'], []]);
});

test('neither is a proxy that is not listed, although the application has chosen it', async () => {
  const proxy = await startNegotiating({ isProxy: true });
  const { made, securityContext } = contexts();
  const elsewhere = { proxy: proxy.origin, integratedAuthenticationHosts: ['intra.test'] };
  await expect(managerFor({ securityContext }, elsewhere).get('http://o.test/').text()).rejects.toMatchObject(
    {
      code: 'proxy-authentication-required',
    },
  );
  expect(made).toEqual([]);
  const listed = managerFor({ securityContext }, { proxy: proxy.origin });
  expect(await listed.put('http://o.test/', 'body').text()).toBe('welcome body');
  expect(made[0]!.request).toMatchObject({ isProxy: true, hostname: '127.0.0.1' });
});

test('several legs go over one connection, bound to its certificate, from HTTP/2 to HTTP/1.1', async () => {
  const server = await startNegotiating({ secure: true, legs: 3 });
  const { made, securityContext } = contexts();
  const manager = managerFor({ securityContext });
  expect(await manager.post({ url: `${server.origin}/`, tls }, 'body').text()).toBe('welcome body');
  expect(lines(server.seen)).toEqual([
    '2.0 POST - body',
    '1.1 POST leg 1 body',
    '1.1 POST leg 2 body',
    '1.1 POST leg 3 body',
  ]);
  expect(new Set(server.seen.slice(1).map(({ connection }) => connection)).size).toBe(1);
  expect(made[0]!.steps).toEqual(['', 'more 1', 'more 2', 'proven']);
  expect(new Set(made[0]!.bindings)).toEqual(new Set(['tls-server-end-point:']));
});

test('a leg that its context knows not to be the last carries no body', async () => {
  const server = await startNegotiating({ legs: 2 });
  const { securityContext } = contexts();
  const manager = managerFor({
    securityContext: (request: SecurityContextRequest) => {
      const context = securityContext(request);
      let steps = 0;
      return {
        get isEstablished() {
          return context.isEstablished;
        },
        get expectsAnswer() {
          return steps === 1;
        },
        step: (token: Uint8Array | null, binding: Uint8Array | null) => {
          steps++;
          return context.step(token, binding);
        },
      };
    },
  });
  expect(await manager.post(`${server.origin}/`, 'body').text()).toBe('welcome body');
  expect(lines(server.seen)).toEqual(['1.1 POST - body', '1.1 POST leg 1', '1.1 POST leg 2 body']);
});

test.each([
  ['a wrong token', 'forged', 'its token of Negotiate is wrong'],
  ['none, over http', null, 'has not shown that it knows the key'],
])('a server that proves itself by %s fails the reply', async (_, proof, words) => {
  const server = await startNegotiating({ proof });
  const manager = managerFor({ securityContext: contexts().securityContext });
  await expect(manager.get(`${server.origin}/`).text()).rejects.toMatchObject({
    code: 'protocol-failure',
    message: expect.stringContaining(words),
  });
});

test('over TLS it need not say a last word', async () => {
  const server = await startNegotiating({ secure: true, proof: null });
  const manager = managerFor({ securityContext: contexts().securityContext });
  expect(await manager.get({ url: `${server.origin}/`, tls }).text()).toBe('welcome ');
});

test('what the package kerberos has to do, and that it is missing, is said by the error', async () => {
  const server = await startNegotiating();
  const faults: unknown[] = [];
  const manager = managerFor({}).on('faultOccurred', (error) => faults.push(error));
  await expect(manager.get(`${server.origin}/`).text()).rejects.toMatchObject({
    code: 'authentication-required',
    status: 401,
    message: expect.stringMatching(/package kerberos.*npm install kerberos.*passes no channel binding/),
  });
  expect(faults).toEqual([]);
});

test.each([
  ['there is no package', {}, 0],
  [
    'there is no ticket',
    {
      securityContext: () => {
        throw new Error('no ticket');
      },
    },
    1,
  ],
  ['there is no context', { securityContext: () => null }, 0],
])('where %s the next scheme is asked for, once', async (_, given, told) => {
  const server = await startNegotiating({ others: ['Basic realm="r"'] });
  const faults: string[] = [];
  const asked: string[] = [];
  const manager = managerFor(given)
    .on('faultOccurred', ({ message }) => {
      if (message.includes('Negotiate')) faults.push(message);
    })
    .on('authenticationRequired', (_, authenticator) => {
      asked.push(`${authenticator.scheme} ${authenticator.attempt}`);
      authenticator.user = 'user';
      authenticator.password = 'pass';
    });
  expect(await manager.get(`${server.origin}/`).text()).toBe('welcome ');
  expect(asked).toEqual(['basic 1']);
  expect(faults).toHaveLength(told);
});

test('credentials that were given go to the context first, and to another scheme where it does without them', async () => {
  const server = await startNegotiating({ others: ['Basic realm="r"'] });
  const given: unknown[] = [];
  const securityContext = ({ credentials }: SecurityContextRequest) => {
    given.push(credentials);
    return null;
  };
  const credentials = { [server.origin]: { user: 'user', password: 'pass' } };
  const manager = managerFor({ securityContext }, { credentials });
  expect(await manager.get(`${server.origin}/`).text()).toBe('welcome ');
  expect(given).toEqual([{ user: 'user', password: 'pass' }]);
});

test('a token that is refused is not sent again, and a missing binding is told', async () => {
  const server = await startNegotiating({ secure: true, legs: 99 });
  const faults: string[] = [];
  let made = 0;
  const securityContext = (): SecurityContext => {
    made++;
    return { isEstablished: true, bindsChannel: false, step: () => bytes('nonsense') };
  };
  const manager = managerFor({ securityContext }).on('faultOccurred', ({ message }) => faults.push(message));
  await expect(manager.get({ url: `${server.origin}/`, tls }).text()).rejects.toMatchObject({ status: 401 });
  expect(made).toBe(1);
  expect(faults).toEqual([expect.stringContaining('Extended Protection')]);
});

test('a context that never ends its handshake is given up', async () => {
  const server = await startNegotiating({ legs: 1000 });
  const manager = managerFor({ securityContext: contexts().securityContext });
  await expect(manager.get(`${server.origin}/`).text()).rejects.toMatchObject({ status: 401 });
  expect(server.seen.length).toBeLessThan(20);
});

test('an abort ends the wait for a context', async () => {
  const server = await startNegotiating();
  let began = (): void => {};
  const beginning = new Promise<void>((resolve) => {
    began = resolve;
  });
  const securityContext = () => {
    began();
    return new Promise<never>(() => {});
  };
  const reply = managerFor({ securityContext }).get(`${server.origin}/`);
  const over = reply.text();
  await beginning;
  reply.abort();
  await expect(over).rejects.toMatchObject({ code: 'operation-canceled' });
});

test('what is no function is refused', () => {
  expect(() => new Authentication({ securityContext: 'kerberos' } as never)).toThrow(
    /securityContext.*function/,
  );
  expect(() => new Authentication({ context: () => null } as never)).toThrow(/unknown option 'context'/);
});
