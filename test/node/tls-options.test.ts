import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TlsOptions as ServerOptions, TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import {
  MemoryCache,
  NetworkAccessManager,
  type NetworkError,
  type TlsOptions,
} from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { IS_BORINGSSL } from '../support/boring-ssl.ts';
import { CertificateAuthority, type Identity } from '../support/certificate.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { managerOver, NODE_TRANSPORTS } from '../support/list-bench.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { loopbackLookup } from '../support/loopback-lookup.ts';
import { startServer } from '../support/server.ts';

const authority = new CertificateAuthority('Our authority');
const alice = authority.issue({ names: ['alice'], purpose: 'clients' });
const bob = authority.issue({ names: ['bob'], purpose: 'clients' });
const trusting = { ca: authority.certificate };
const cleanup = new Cleanup();

/** It answers who has come, over what. */
async function serverThatTells(options: ServerOptions = {}, names?: readonly string[]): Promise<string> {
  const identity = authority.issue(names === undefined ? {} : { names });
  const asking = { ...identity, ...trusting, requestCert: true, rejectUnauthorized: false };
  const server = https.createServer({ ...asking, ...options }, (request, response) => {
    const socket = request.socket as TLSSocket;
    const { subject } = socket.getPeerCertificate();
    const told = {
      who: subject?.CN ?? null,
      protocol: socket.getProtocol(),
      cipher: socket.getCipher().name,
      curve: (socket.getSharedSigalgs?.() ?? []).join(),
      reused: socket.isSessionReused(),
      location: request.url,
    };
    const headers = { 'content-type': 'application/json', 'cache-control': 'max-age=60' };
    response.writeHead(200, headers).end(JSON.stringify(told));
  });
  server.on('tlsClientError', () => {});
  await cleanup.listen(server);
  return `https://localhost:${portOf(server)}/`;
}

interface Told {
  readonly who: string | null;
  readonly protocol: string;
  readonly cipher: string;
  readonly curve: string;
  readonly reused: boolean;
}

describe.each(NODE_TRANSPORTS)('over %s', (_name, makeTransport) => {
  const manager = managerOver(makeTransport, {});
  const ask = (url: string, tls: TlsOptions): Promise<Told> =>
    manager()
      .get({ url, tls: { ...trusting, ...tls } })
      .json<Told>();

  test('a client certificate that is a function of the host is asked for with the host of the URL', async () => {
    const url = await serverThatTells();
    const hosts: string[] = [];
    const cert = (host: string): string => {
      hosts.push(host);
      return alice.cert;
    };
    expect(await ask(url, { cert, key: () => alice.key })).toMatchObject({ who: 'alice' });
    expect(new Set(hosts)).toEqual(new Set(['localhost']));
  });

  test('a function may have nothing for a host', async () => {
    expect(await ask(await serverThatTells(), { cert: () => undefined, key: () => undefined })).toMatchObject(
      {
        who: null,
      },
    );
  });

  test('PKCS #12 is shown, with its passphrase', async (context) => {
    const pfx = pfxOf(bob);
    if (pfx === null) return context.skip('there is no openssl');
    expect(await ask(await serverThatTells(), { pfx, passphrase: 'open' })).toMatchObject({ who: 'bob' });
    expect(await ask(await serverThatTells(), { pfx: () => pfx, passphrase: () => 'open' })).toMatchObject({
      who: 'bob',
    });
  });

  // A server on BoringSSL does not tell them.
  test.skipIf(IS_BORINGSSL)('signature algorithms are those that are offered', async () => {
    const told = await ask(await serverThatTells(), { signatureAlgorithms: 'ecdsa_secp256r1_sha256' });
    expect(told.curve).toBe('ECDSA+SHA256');
  });

  test('versions and ciphers are', async () => {
    const cipher = 'ECDHE-ECDSA-AES128-GCM-SHA256';
    const told = await ask(await serverThatTells(), { maxVersion: 'TLSv1.2', ciphers: cipher });
    expect(told).toMatchObject({ protocol: 'TLSv1.2', cipher });
  });

  test('a group that the server has not fails the handshake', async () => {
    const url = await serverThatTells({ ecdhCurve: 'P-256' });
    await expect(ask(url, { groups: 'X25519' })).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
    expect(await ask(url, { groups: 'X25519:P-256' })).toMatchObject({ who: null });
  });

  test('lists of authorities are joined', async () => {
    const url = await serverThatTells();
    expect(await ask(url, { ca: ['bundled', 'system', authority.certificate] })).toMatchObject({ who: null });
    const without = ask(url, { ca: ['bundled', 'system'] });
    await expect(without).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
  });
});

function manager(options: ManagerOptions): NetworkAccessManager {
  const made = new NetworkAccessManager(options);
  cleanup.add(() => made.close());
  return made;
}

test('what a function gives is part of what a connection and a stored response are kept under', async () => {
  const url = await serverThatTells();
  let who: Identity = alice;
  const tls = { ...trusting, cert: () => who.cert, key: () => who.key };
  const caller = manager({ tls, cache: new MemoryCache() });
  const told: (string | null)[] = [];
  for (who of [alice, bob, alice]) told.push((await caller.get(url).json<Told>()).who);
  expect(told).toEqual(['alice', 'bob', 'alice']);
});

test.each([
  ['cert', Promise.resolve(alice.cert)],
  ['key', 5],
  ['passphrase', 5],
] as const)('a function of %s that gives something else is told of by its name', async (name, value) => {
  const url = await serverThatTells();
  const caller = manager({ tls: { ...trusting, ...alice, [name]: () => value } });
  await expect(caller.get(url).text()).rejects.toMatchObject({
    code: 'ssl-handshake-failed',
    message: expect.stringContaining(`option 'tls.${name}'`),
  });
});

test('what a function gives is judged, and the error has what it fails with', async () => {
  const url = await serverThatTells();
  const wrong = manager({ tls: { ...trusting, cert: () => alice.cert, key: () => bob.key } });
  await expect(wrong.get(url).text()).rejects.toMatchObject({
    code: 'ssl-handshake-failed',
    message: expect.stringMatching(
      /for localhost cannot be used: .*'tls\.key': it is not that of the certificate of alice$/,
    ),
  });
  const fault = new Error('the key store is shut');
  const failing = manager({
    tls: {
      cert: () => {
        throw fault;
      },
      key: alice.key,
    },
  });
  await expect(failing.get(url).text()).rejects.toMatchObject({ code: 'ssl-handshake-failed', cause: fault });
});

test('a function is asked for the host of a redirect, where certificates that are none are left behind', async () => {
  const target = await serverThatTells({}, ['other.test']);
  const elsewhere = target.replace('localhost', 'other.test');
  const first = await startServer({
    identity: authority.issue(),
    routes: { go: ({ response }) => response.writeHead(302, { location: elsewhere }).end() },
  });
  cleanup.add(() => first.close());
  const transport = (): SocketTransport => new SocketTransport({ lookup: loopbackLookup });
  const own = { cert: alice.cert, key: alice.key };
  const fixed = manager({ tls: { ...trusting, ...own }, transport: transport() });
  expect((await fixed.get(`${first.origin}/go`).json<Told>()).who).toBe(null);
  const chosen = (host: string): Identity => (host === 'other.test' ? bob : alice);
  const late = { cert: (host: string) => chosen(host).cert, key: (host: string) => chosen(host).key };
  const choosing = manager({ tls: { ...trusting, ...late }, transport: transport() });
  expect((await choosing.get(`${first.origin}/go`).json<Told>()).who).toBe('bob');
});

test.each([
  [true, true],
  [false, false],
])('with session tickets %s a session is resumed: %s', async (sessionTickets, reused) => {
  const url = await serverThatTells();
  const caller = manager({ tls: { ...trusting, sessionTickets } });
  const headers = { connection: 'close' };
  await caller.get({ url, headers }).text();
  const later = await caller.get({ url, headers }).json<Told>();
  expect(later.reused).toBe(reused);
});

test.each([
  [['http/1.1'], 'http/1.1'],
  [['h2'], 'h2'],
  [['http/1.1', 'h2'], 'h2'],
] as const)('of the protocols %j a server of both speaks %s', async (ALPNProtocols, spoken) => {
  const server = await startHttp2Server((stream) => stream.respond({ ':status': 204 }, { endStream: true }), {
    identity: authority.issue(),
    allowHTTP1: true,
  });
  server.onRequest((_request, response) => response.end());
  cleanup.add(() => server.close());
  const reply = manager({ tls: { ...trusting, ALPNProtocols } }).get(server.origin);
  await reply.text().catch(() => {});
  expect(reply.sslConfiguration?.applicationProtocol).toBe(spoken);
});

test.each([
  [{ http2Direct: true }, ['http/1.1']],
  [{ http2Allowed: false }, ['h2']],
] as const)('with %j, of %j there is nothing to be spoken', async (options, ALPNProtocols) => {
  const caller = manager({ ...options, tls: { ...trusting, ALPNProtocols } });
  await expect(caller.get(await serverThatTells()).text()).rejects.toMatchObject({
    code: 'protocol-invalid-operation',
    message: expect.stringContaining('tls.ALPNProtocols'),
  });
});

describe('a handshake that comes to nothing says what can be done, which is not about trust:', () => {
  test.each<[string, ServerOptions, TlsOptions, string]>([
    ['no version', { maxVersion: 'TLSv1.2' }, { minVersion: 'TLSv1.3' }, 'tls: { minVersion, maxVersion }'],
    [
      'no cipher',
      { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' },
      { ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' },
      'versions, ciphers or groups',
    ],
    ['no certificate of ours', { maxVersion: 'TLSv1.2', rejectUnauthorized: true }, {}, 'cert, key }'],
    // The handshake is over for us by then.
    ['none in TLS 1.3', { minVersion: 'TLSv1.3', rejectUnauthorized: true }, {}, 'tls: { cert, key }'],
    ['no protocol', { ALPNProtocols: ['spdy/3'] }, {}, 'tls: { ALPNProtocols }'],
  ])('%s', async (_what, options, own, words) => {
    const url = await serverThatTells(options);
    const failed = manager({ tls: { ...trusting, ...own } }).get(url);
    const { code, message } = await failed.text().then(
      () => ({ code: '', message: 'in' }),
      (error: NetworkError) => error,
    );
    expect(code).toBe('ssl-handshake-failed');
    expect(message).toContain(words);
    expect(message).not.toContain('an authority of your own');
  });

  test('no TLS at all', async () => {
    const plain = await startServer();
    cleanup.add(() => plain.close());
    await expect(manager({}).get(plain.origin.replace('http:', 'https:')).text()).rejects.toMatchObject({
      code: 'ssl-handshake-failed',
      message: expect.stringMatching(/not TLS: check the port, and whether http: is spoken there$/),
    });
  });
});

/** Null where there is no openssl. */
function pfxOf({ cert, key }: Identity): Uint8Array | null {
  const directory = mkdtempSync(path.join(tmpdir(), 'fairlead-pfx-'));
  try {
    const at = (name: string): string => path.join(directory, name);
    writeFileSync(at('both.pem'), cert + key);
    const names = ['-in', at('both.pem'), '-out', at('out.p12'), '-passout', 'pass:open'];
    execFileSync('openssl', ['pkcs12', '-export', ...names], { stdio: 'ignore' });
    return Uint8Array.from(readFileSync(at('out.p12')));
  } catch {
    return null;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
