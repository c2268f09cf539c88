/** Attack checklist 3, 12, 74, 75, 76 and 87 as far as they are about who asks: servers, proxies, NTLM and Negotiate; by number. */
import { createServer, type IncomingMessage } from 'node:http';
import { createSecureServer } from 'node:http2';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Authentication } from '../../platform/node/authentication.ts';
import type { ManagerOptions } from '../../platform/node/index.ts';
import { failureOf } from '../support/failure-of.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { originsOf } from '../support/origins.ts';

const cleanup = new Cleanup();
const { identity, tls, managerWith } = originsOf(cleanup);
const SECRET = 'S3CRET';
const account = { user: 'user', password: SECRET };
const context = { isEstablished: true, step: () => new TextEncoder().encode('ticket') };
const integrated = () => ({
  integratedAuthenticationHosts: ['127.0.0.1', 'localhost'],
  authentication: new Authentication({ securityContext: () => context }),
});

/** What a server answers: a challenge, a place to go to, or null for a welcome. */
type Plan = (request: IncomingMessage, count: number) => string | { readonly to: string } | null;

interface Options {
  readonly isProxy?: boolean;
  readonly secure?: boolean;
}

/** Notes the Authorization (Proxy-Authorization) of each request. */
async function start(plan: Plan, { isProxy = false, secure = false }: Options = {}) {
  const seen: string[] = [];
  const answer = (request: IncomingMessage, response: import('node:http').ServerResponse): void => {
    request.resume();
    seen.push(String(request.headers[isProxy ? 'proxy-authorization' : 'authorization'] ?? '-'));
    const said = plan(request, seen.length);
    if (said === null) response.end('welcome');
    else if (typeof said === 'object') response.writeHead(302, { location: said.to }).end();
    else if (isProxy) response.writeHead(407, { 'proxy-authenticate': said }).end();
    else response.writeHead(401, { 'www-authenticate': said }).end();
  };
  const server = secure
    ? createSecureServer({ ...identity, allowHTTP1: true }, answer as never)
    : createServer(answer);
  await cleanup.listen(server as never);
  return { seen, origin: `http${secure ? 's' : ''}://127.0.0.1:${portOf(server as never)}` };
}

const manager = (options: ManagerOptions) => managerWith(options).on('faultOccurred', () => {});

/** Ways to ask, and what is set so that they are answered. */
const SCHEMES = [
  ['Basic', 'Basic realm="x"', () => ({})],
  ['Digest', 'Digest realm="x", nonce="n", qop="auth"', () => ({})],
  ['NTLM', 'NTLM', integrated],
  ['Negotiate', 'Negotiate', integrated],
] as const;

test.each(SCHEMES)(
  '3: %s of an https origin is not sent to the same host over http',
  async (_, ask, more) => {
    const plain = await start(() => ask);
    const secure = await start(({ url }) => (url === '/go' ? { to: `${plain.origin}/` } : ask), {
      secure: true,
    });
    const credentials = { [secure.origin]: account };
    const options = { ...more(), credentials, redirectPolicy: 'user-verified' } as const;
    const verified = manager(options).get({ url: `${secure.origin}/go`, tls });
    verified.on('redirected', () => verified.redirectAllowed());
    const error = await failureOf(verified.text());
    expect(['insecure-redirect', 'authentication-required']).toContain(error.code);
    // A ticket is not a password of that origin, and both hosts are listed: the challenge of the other origin is its own.
    if (ask !== 'Negotiate') expect(plain.seen.filter((said) => said !== '-')).toEqual([]);
    const byDefault = manager({ ...more(), credentials }).get({ url: `${secure.origin}/go`, tls });
    expect(await failureOf(byDefault.text())).toMatchObject({ code: 'insecure-redirect' });
  },
);

test.each(SCHEMES)('12: %s of one host is not sent to the one that it leads to', async (_, ask, more) => {
  const stranger = await start(() => ask);
  const host = await start(({ headers, url }) =>
    headers.authorization === undefined && url === '/go' && ask.startsWith('Basic')
      ? ask
      : { to: `${stranger.origin.replace('127.0.0.1', 'localhost')}/` },
  );
  const asked: string[] = [];
  const set = {
    ...more(),
    integratedAuthenticationHosts: 'integratedAuthenticationHosts' in more() ? ['127.0.0.1'] : [],
  };
  const client = manager({ ...set, credentials: { [host.origin]: account } }).on(
    'authenticationRequired',
    (_reply, { origin }) => {
      asked.push(origin);
    },
  );
  const url = `${host.origin.replace('//', '//user:S3CRET@')}/go`;
  expect(await failureOf(client.get(url).text())).toMatchObject({ code: 'authentication-required' });
  expect(new Set(stranger.seen)).toEqual(new Set(['-']));
  // Who asks there is another question, of another origin; NTLM and Negotiate of a host that is not listed are none.
  expect(asked.every((origin) => origin === stranger.origin.replace('127.0.0.1', 'localhost'))).toBe(true);
});

describe('74: a peer that asks for ever', () => {
  const realms: Plan = (_, count) => `Basic realm="${count}"`;
  const loops: readonly (readonly [string, Plan, () => object])[] = [
    ['the same', () => 'Basic realm="x"', () => ({})],
    ['another realm each time', realms, () => ({})],
    ['each nonce stale', (_, n) => `Digest realm="x", nonce="${n}", stale=true`, () => ({})],
    ['NTLM', () => 'NTLM', integrated],
    ['a further leg of Negotiate', () => 'Negotiate dG9rZW4=', integrated],
    [
      'one of several in turn',
      (_, n) => ['Basic realm="x"', 'Digest realm="x", nonce="n"', 'NTLM'][n % 3]!,
      integrated,
    ],
  ];
  test.each(loops)('%s, as a server, is given up', async (_, plan, more) => {
    const server = await start(plan);
    const client = manager({ ...more(), credentials: () => ({ ...account }) });
    expect(await failureOf(client.get(server.origin).text())).toMatchObject({ status: 401 });
    expect(server.seen.length).toBeLessThan(20);
  });

  test.each(loops)('%s, as a proxy, is given up', async (_, plan, more) => {
    const proxy = await start(plan, { isProxy: true });
    const client = manager({ ...more(), proxy: proxy.origin, credentials: () => ({ ...account }) });
    expect(await failureOf(client.get('http://origin.test/').text())).toMatchObject({
      code: 'proxy-authentication-required',
    });
    expect(proxy.seen.length).toBeLessThan(20);
  });

  test.each([{}, { isProxy: true }])(
    '%j gets no Basic over http where that is not wanted',
    async (options) => {
      const peer = await start(() => 'Basic realm="x"', options);
      const { isProxy } = { isProxy: false, ...options };
      const proxy = isProxy ? peer.origin : ('none' as const);
      const client = manager({ proxy, allowBasicOverHttp: false, credentials: () => expect.unreachable() });
      await failureOf(client.get(isProxy ? 'http://origin.test/' : peer.origin).text());
      expect(peer.seen).toEqual(['-']);
    },
  );
});

describe('75: a weaker answer than could be had', () => {
  const strong =
    'Digest realm="x", nonce="a", algorithm=MD5, qop="auth", Digest realm="x", nonce="b", algorithm=SHA-256, qop="auth", Basic realm="x"';
  test.each([{}, { isProxy: true }])('%j that offers several gets the strongest', async (options) => {
    const peer = await start(({ headers }) => {
      return headers[options.isProxy ? 'proxy-authorization' : 'authorization'] === undefined ? strong : null;
    }, options);
    const proxy = options.isProxy ? peer.origin : ('none' as const);
    const client = manager({ proxy, credentials: () => account });
    const url = options.isProxy ? 'http://origin.test/' : peer.origin;
    expect(await client.get(url).text()).toBe('welcome');
    expect(peer.seen[1]).toContain('algorithm=SHA-256');
    expect(await client.get(url).text()).toBe('welcome');
    expect(peer.seen[2]).toContain('nc=00000002');
  });

  test.each([
    ['Negotiate', 'Basic realm="x"'],
    ['Negotiate', 'Digest realm="x", nonce="n"'],
    ['NTLM', 'Basic realm="x"'],
    ['Digest realm="x", nonce="n", qop="auth"', 'Basic realm="x"'],
    ['Digest realm="x", nonce="n", qop="auth"', 'Digest realm="x", nonce="m", stale=true'],
  ])('%s, and then nothing but %s: the password is not given', async (first, then) => {
    const server = await start(({ headers }) => (headers.authorization === undefined ? first : then));
    const client = manager({
      ...integrated(),
      credentials: ({ attempt }) => (first === 'Negotiate' && attempt === 1 ? null : { ...account }),
    });
    expect(await failureOf(client.get(server.origin).text())).toMatchObject({ status: 401 });
    expect(server.seen.length).toBe(2);
    expect(server.seen.filter((said) => said.startsWith('Basic'))).toEqual([]);
  });
});

describe('76: a log-on that nobody wanted', () => {
  test.each(['NTLM', 'Negotiate'])('%s is sent to no host that is not listed', async (ask) => {
    const server = await start(() => ask);
    const set = {
      ...integrated(),
      integratedAuthenticationHosts: ['*.corp.test', 'localhost', '127.0.0.1:1'],
    };
    const client = manager({ ...set, credentials: () => expect.unreachable() });
    client.on('authenticationRequired', () => expect.unreachable());
    expect(await failureOf(client.get(server.origin).text())).toMatchObject({ status: 401 });
    expect(server.seen).toEqual(['-']);
  });

  test.each(['NTLM', 'Negotiate'])('%s over HTTP/2 goes on over HTTP/1.1, and does not hang', async (ask) => {
    const versions: string[] = [];
    const server = await start(
      ({ httpVersion, headers }) => {
        versions.push(httpVersion);
        const said = headers.authorization ?? '';
        return said.startsWith('Negotiate ') ? null : ask;
      },
      { secure: true },
    );
    const client = manager({
      ...integrated(),
      credentials: ({ scheme }) => (scheme === 'ntlm' ? account : null),
    });
    const text = client.get({ url: server.origin, tls }).text();
    if (ask === 'NTLM') expect(await failureOf(text)).toMatchObject({ status: 401 });
    else expect(await text).toBe('welcome');
    expect(versions[0]).toBe('2.0');
    expect(new Set(versions.slice(1))).toEqual(new Set(['1.1']));
  });
});

describe('87: what is shown has no secret in it', () => {
  test.each(SCHEMES)('%s that fails, of a server and of a proxy', async (_, ask, more) => {
    for (const isProxy of [false, true]) {
      const peer = await start(() => ask, { isProxy });
      const shown: unknown[] = [];
      const url = isProxy ? 'http://origin.test/' : peer.origin;
      const proxy = isProxy ? peer.origin.replace('//', '//user:S3CRET@') : ('none' as const);
      const client = managerWith({ ...more(), proxy, credentials: { [peer.origin]: { ...account } } });
      client.on('faultOccurred', (error) => shown.push(error));
      const reply = client.get(isProxy ? url : url.replace('//', '//user:S3CRET@'));
      const error = await failureOf(reply.text());
      const sent = peer.seen.filter((said) => said !== '-').map((said) => said.split(' ')[1]!);
      expect(sent.length).toBeGreaterThan(0);
      const words = [error, error.cause, reply, client, client.authentication, ...shown]
        .flatMap((one) => [
          inspect(one, { depth: 9, showHidden: false }),
          JSON.stringify(one) ?? '',
          `${one}`,
        ])
        .concat(error.stack ?? '', reply.url)
        .join('\n');
      for (const secret of [SECRET, ...sent]) expect(words).not.toContain(secret);
    }
  });
});
