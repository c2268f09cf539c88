import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager, type NetworkError } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { failureOf } from '../support/failure-of.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { Cleanup } from '../support/listening.ts';
import { loopbackLookup } from '../support/loopback-lookup.ts';
import { startHttpProxy } from '../support/proxies.ts';
import { startServer } from '../support/server.ts';

const cleanup = new Cleanup();
const authority = new CertificateAuthority('Our authority');
const between = new CertificateAuthority('Between', authority);
const identity = between.issue();
/** A certificate that is sent along, and has issued nothing of the chain. */
const stray = new CertificateAuthority('Stray', authority);
const backup = pinOf(new CertificateAuthority('Backup').certificate);

function pinOf(pem: string): string {
  const key = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${createHash('sha256').update(key).digest('base64')}`;
}

async function serve(shown = identity): Promise<{ readonly url: string; readonly seen: string[] }> {
  const seen: string[] = [];
  const cert = [shown.cert, between.certificate, stray.certificate].join('\n');
  const server = await startServer({
    identity: { cert, key: shown.key },
    routes: {
      page: ({ request, response }) => {
        seen.push(request.url!);
        response.end('in');
      },
    },
  });
  cleanup.add(() => server.close());
  return { url: `${server.origin.replace('127.0.0.1', 'localhost')}/page`, seen };
}

function manager(options: ManagerOptions): NetworkAccessManager {
  const made = new NetworkAccessManager({ tls: { ca: authority.certificate }, ...options });
  cleanup.add(() => made.close());
  return made;
}

describe('a server is let in by the pinned key of', () => {
  test.each([
    ['its own certificate', identity.cert],
    ['what has issued that', between.certificate],
    ['the authority that is trusted, and that it does not send', authority.certificate],
  ])('%s', async (_name, pem) => {
    const { url } = await serve();
    const certificatePins = { localhost: [pinOf(pem), backup] };
    expect(await manager({ certificatePins }).get(url).text()).toBe('in');
  });
});

describe('a server is not let in', () => {
  test.each([
    ['by the key of another', backup],
    ['by the key of a certificate that it sends along, which is not on the way', pinOf(stray.certificate)],
  ])('%s: nothing is sent, and the error names the keys', async (_name, pin) => {
    const { url, seen } = await serve();
    const certificatePins = { localhost: [pin, pinOf(new CertificateAuthority().certificate)] };
    const error = await failureOf(manager({ certificatePins }).get(url).text());
    expect(error).toMatchObject({
      code: 'ssl-handshake-failed',
      message: expect.stringContaining(pinOf(identity.cert)),
    });
    expect(error.sslErrors?.map(({ code }) => code)).toEqual(['certificate-pin-mismatch']);
    expect(seen).toEqual([]);
  });

  test('whatever is ignored, before or when it is asked about', async () => {
    const { url, seen } = await serve();
    const certificatePins = { localhost: { pins: [backup, pinOf(stray.certificate)] } };
    const reply = manager({ certificatePins, tls: null }).get(url);
    reply.ignoreSslErrors();
    reply.on('sslErrors', (errors) => reply.ignoreSslErrors(errors));
    const error = await failureOf(reply.text());
    expect(error.sslErrors?.map(({ code }) => code)).toContain('certificate-pin-mismatch');
    expect(seen).toEqual([]);
  });

  test('when its chain was only accepted, and not verified: that pins nothing', async () => {
    const { url } = await serve();
    const certificatePins = { localhost: [pinOf(between.certificate), backup] };
    const reply = manager({ certificatePins, tls: null }).get(url);
    reply.ignoreSslErrors();
    expect((await failureOf(reply.text())).code).toBe('ssl-handshake-failed');
  });

  test('over HTTP/2', async () => {
    const streams: unknown[] = [];
    const server = await startHttp2Server((stream) => streams.push(stream), { identity });
    cleanup.add(() => server.close());
    const certificatePins = { localhost: [backup, pinOf(stray.certificate)] };
    const tls = { ca: [authority.certificate, between.certificate] };
    const url = server.origin.replace('127.0.0.1', 'localhost');
    const error = await failureOf(manager({ certificatePins, tls }).get(url).text());
    expect(error.sslErrors?.[0]?.code).toBe('certificate-pin-mismatch');
    expect(streams).toEqual([]);
  });
});

test('neither a connection nor a session of a request without pins is for one that has some', async () => {
  const { url, seen } = await serve();
  const caller = manager({});
  await caller.get(url).text();
  const certificatePins = { localhost: [backup, pinOf(stray.certificate)] };
  expect((await failureOf(caller.get({ url, certificatePins }).text())).code).toBe('ssl-handshake-failed');
  await caller.get(url).text();
  expect(seen.length).toBe(2);
});

test('a session that is resumed is looked at as the first was', async () => {
  const { url } = await serve();
  const certificatePins = { localhost: [pinOf(between.certificate), backup] };
  const caller = manager({ certificatePins });
  const headers = { connection: 'close' };
  await caller.get({ url, headers }).text();
  const again = caller.get({ url, headers });
  expect(await again.text()).toBe('in');
  expect(again.sslConfiguration?.sessionReused).toBe(true);
});

test('a report alone lets the server in, and tells the manager of it once a connection', async () => {
  const { url } = await serve();
  const pins = [backup, pinOf(stray.certificate)];
  const caller = manager({ certificatePins: { localhost: { pins, reportOnly: true } } });
  const faults: Error[] = [];
  caller.on('faultOccurred', (fault) => faults.push(fault));
  expect(await caller.get(url).text()).toBe('in');
  expect(await caller.get(url).text()).toBe('in');
  expect(faults).toMatchObject([
    { code: 'ssl-handshake-failed', sslErrors: [{ code: 'certificate-pin-mismatch' }] },
  ]);
  // Another connection, with a session that is resumed.
  const headers = { connection: 'close' };
  await caller.get({ url, headers }).text();
  const again = caller.get({ url, headers });
  await again.text();
  expect([again.sslConfiguration?.sessionReused, faults.length]).toEqual([true, 2]);
});

describe('through a proxy', () => {
  const good = [pinOf(identity.cert), backup];
  const bad = [backup, pinOf(stray.certificate)];

  test('a server is known by its own keys', async () => {
    const { url, seen } = await serve();
    const proxy = `http://127.0.0.1:${(await startHttpProxy(cleanup)).port}`;
    expect(
      await manager({ proxy, certificatePins: { localhost: good } })
        .get(url)
        .text(),
    ).toBe('in');
    const error = await failureOf(
      manager({ proxy, certificatePins: { localhost: bad } })
        .get(url)
        .text(),
    );
    expect(error.sslErrors?.[0]?.code).toBe('certificate-pin-mismatch');
    expect(seen.length).toBe(1);
  });

  test('and so is the proxy that is spoken to over TLS', async () => {
    const { url, seen } = await serve();
    const own = authority.issue();
    const { port } = await startHttpProxy(cleanup, { identity: own });
    const proxy = { type: 'http', host: '127.0.0.1', port, tls: { ca: authority.certificate } } as const;
    const known = { '127.0.0.1': [pinOf(own.cert), backup] };
    expect(await manager({ proxy, certificatePins: known }).get(url).text()).toBe('in');
    const unknown = manager({ proxy, certificatePins: { '127.0.0.1': bad } });
    expect((await failureOf(unknown.get(url).text())).message).toContain('certificatePins');
    expect(seen.length).toBe(1);
  });
});

test('a star is for one label, over a real connection', async () => {
  const { url } = await serve(between.issue({ names: ['a.b.test', 'b.test', 'x.a.b.test'] }));
  const certificatePins = { '*.b.test': [backup, pinOf(stray.certificate)] };
  const caller = manager({ certificatePins, transport: new SocketTransport({ lookup: loopbackLookup }) });
  const outcome = (host: string): Promise<string> =>
    caller
      .get(url.replace('localhost', host))
      .text()
      .catch(({ code }: NetworkError) => code);
  expect(await Promise.all(['a.b.test', 'A.B.test.', 'b.test', 'x.a.b.test'].map(outcome))).toEqual([
    'ssl-handshake-failed',
    'ssl-handshake-failed',
    'in',
    'in',
  ]);
});

test('hosts without pins are known by any key', async () => {
  const { url } = await serve();
  const certificatePins = { 'other.test': [backup, pinOf(stray.certificate)] };
  expect(await manager({ certificatePins }).get(url).text()).toBe('in');
});

test('an agent cannot keep them, so a request over node:http is refused before it is sent', async () => {
  const { url, seen } = await serve();
  const certificatePins = { localhost: [pinOf(identity.cert), backup] };
  const caller = manager({ certificatePins, transport: new NodeHttpTransport() });
  expect(await failureOf(caller.get(url).text())).toMatchObject({
    code: 'protocol-invalid-operation',
    capability: 'tls',
  });
  expect(seen).toEqual([]);
});

test.each([
  ['one key', { localhost: [backup] }],
  ['no host', { 'https://localhost': [backup, pinOf(stray.certificate)] }],
])('pins with %s are a TypeError of the manager and of the request', (_name, certificatePins) => {
  expect(() => manager({ certificatePins })).toThrow(TypeError);
  expect(() => manager({}).get({ url: 'https://localhost/', certificatePins })).toThrow(TypeError);
});
