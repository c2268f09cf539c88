import { createHash, X509Certificate } from 'node:crypto';
import * as https from 'node:https';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { type ConnectionSecurity, MemoryCache, NetworkAccessManager } from '../../platform/node/index.ts';
import { IS_BORINGSSL } from '../support/boring-ssl.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { roundTrips } from '../support/round-trips.ts';
import { startServer, type TestServer } from '../support/server.ts';

const authority = new CertificateAuthority('Authority of the test');
const tls = { ca: authority.certificate };
const cleanup = new Cleanup();
const servers = new Cleanup(afterAll);
const secure = await startServer({ identity: authority.issue(), http2: true });
const plain: TestServer = await startServer();
servers.add(() => Promise.all([secure.close(), plain.close()]));

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager({ tls });
  cleanup.add(() => manager.close());
});

function expectToTell(security: ConnectionSecurity | null, protocol: string): void {
  expect(security).toMatchObject({
    protocol: 'TLSv1.3',
    applicationProtocol: protocol,
    sessionReused: false,
    ignoredErrors: [],
  });
  expect(security!.cipher?.standardName).toMatch(/^TLS_/);
  const [own] = security!.peerCertificateChain;
  expect(own!.issuer).toBe('CN=Authority of the test');
  expect(own!.subjectAlternativeName).toContain('DNS:localhost');
  expect(own!.validFrom).toBeLessThan(Date.now());
  expect(own!.validTo).toBeGreaterThan(Date.now());
  expect(own!.fingerprint256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  expect(own!.raw.constructor).toBe(Uint8Array);
  expect(own!.raw.byteLength).toBe(own!.raw.buffer.byteLength);
  expect(structuredClone(security)).toEqual(security);
}

describe('what TLS has agreed on', () => {
  test.each([
    ['HTTP/2', {}, 'h2'],
    ['HTTP/1.1', { http2Allowed: false }, 'http/1.1'],
  ])('is told over %s, from the signal encrypted on', async (_name, options, protocol) => {
    const reply = manager.get({ url: `${secure.origin}/hello`, ...options });
    let early: ConnectionSecurity | null = null;
    reply.on('encrypted', () => {
      early = reply.sslConfiguration;
    });
    expect(reply.sslConfiguration).toBeNull();
    await reply.text();
    expectToTell(early, protocol);
    expect(reply.sslConfiguration).toBe(early);
    const again = manager.get({ url: `${secure.origin}/hello`, ...options });
    await again.text();
    expect(again.sslConfiguration).toEqual(early);
  });

  test('is told over node:http, too', async () => {
    const old = new NetworkAccessManager({ tls, transport: new NodeHttpTransport() });
    cleanup.add(() => old.close());
    for (let i = 0; i < 2; i++) {
      const reply = old.get(`${secure.origin}/hello`);
      await reply.text();
      expect(reply.sslConfiguration).toMatchObject({ protocol: 'TLSv1.3', ignoredErrors: [] });
    }
  });

  test('of a resumed session says so', async () => {
    await manager.get(`${secure.origin}/hello`).text();
    // The ticket of the session may come after the response.
    await roundTrips();
    manager.clearConnectionCache();
    const again = manager.get(`${secure.origin}/hello`);
    await again.text();
    const { sslConfiguration } = again;
    expect(sslConfiguration?.sessionReused).toBe(true);
    expect(sslConfiguration?.peerCertificateChain.length).toBeGreaterThan(0);
  });

  test('is nothing in cleartext', async () => {
    const reply = manager.get(`${plain.origin}/hello`);
    await reply.text();
    expect([reply.sslConfiguration, reply.connectionEncrypted]).toEqual([null, false]);
  });

  test('is that of the response, not of a hop before it', async () => {
    const away = await startServer({
      identity: authority.issue(),
      routes: {
        away: ({ response }) => response.writeHead(302, { location: `${plain.origin}/hello` }).end(),
      },
    });
    cleanup.add(() => away.close());
    const reply = manager.get({ url: `${away.origin}/away`, redirectPolicy: 'user-verified' });
    reply.on('redirected', () => reply.redirectAllowed());
    await reply.text();
    expect([reply.hops.length, reply.sslConfiguration]).toEqual([1, null]);
  });

  test('of an answer from the cache is no more than that there was some', async () => {
    const cached = await startServer({
      identity: authority.issue(),
      routes: {
        kept: ({ response }) => response.writeHead(200, { 'cache-control': 'max-age=100' }).end('kept'),
      },
    });
    cleanup.add(() => cached.close());
    manager.cache = new MemoryCache();
    await manager.get(`${cached.origin}/kept`).text();
    const hit = manager.get(`${cached.origin}/kept`);
    await hit.text();
    expect([hit.sourceIsFromCache, hit.connectionEncrypted]).toEqual([true, true]);
    expect(hit.sslConfiguration).toMatchObject({ protocol: null, peerCertificateChain: [] });
  });
});

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('over %s', (version) => {
  const own = authority.issue({ names: ['us'], purpose: 'clients' });
  const ours = new X509Certificate(own.cert).toString();

  test.each([
    [true, 'asks for it'],
    [false, 'does not ask'],
  ])(
    'a connection is told with all that it has, our certificate included: asked %s, %s',
    async (requestCert) => {
      const identity = authority.issue();
      const asking = { requestCert, rejectUnauthorized: false, ca: authority.certificate };
      const server = https.createServer(
        { ...identity, ...asking, minVersion: version, maxVersion: version },
        (_request, response) => response.end('in'),
      );
      // Where the server is on BoringSSL it staples nothing.
      server.on('OCSPRequest', (_certificate, _issuer, answer) => answer(null, Buffer.from('stapled')));
      await cleanup.listen(server);
      const reply = manager.get({
        url: `https://localhost:${portOf(server)}/`,
        tls: { ...tls, ...own, groups: 'X25519:P-256' },
      });
      await reply.text();
      const shown = new X509Certificate(identity.cert);
      const spki = shown.publicKey.export({ type: 'spki', format: 'der' });
      const staple = reply.sslConfiguration!.ocspResponse;
      if (!IS_BORINGSSL) expect(new TextDecoder().decode(staple!)).toBe('stapled');
      const [first] = reply.sslConfiguration!.peerCertificateChain;
      expect(first).toMatchObject({
        pem: shown.toString(),
        publicKeySha256: createHash('sha256').update(spki).digest('base64'),
      });
      expect(reply.sslConfiguration).toMatchObject({
        protocol: version,
        localCertificate: { subject: 'CN=us', pem: ours },
        // Node does not tell of hybrid groups, which newer ones choose by themselves.
        ephemeralKey: { type: 'ECDH', name: 'X25519', size: 253 },
      });
    },
  );
});
