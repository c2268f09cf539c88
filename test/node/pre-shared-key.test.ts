import * as https from 'node:https';
import type { TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import {
  MemoryCache,
  NetworkAccessManager,
  type PreSharedKeyAuthenticator,
} from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { until } from '../suites/transport/harness.ts';
import { IS_BORINGSSL } from '../support/boring-ssl.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { FakeClock } from '../support/fixtures.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { HAS_OPENSSL, startOpensslServer } from '../support/openssl-server.ts';
import { startHttpProxy } from '../support/proxies.ts';

const cleanup = new Cleanup();
const authority = new CertificateAuthority('Our authority');
const KEY = '1a2b3c4d5e6f70819293a4b5c6d7e8f9';
const key = (): Uint8Array => Uint8Array.from(Buffer.from(KEY, 'hex'));

function manager(options: ManagerOptions = {}): NetworkAccessManager {
  const made = new NetworkAccessManager({ tls: { ca: authority.certificate }, ...options });
  cleanup.add(() => made.close());
  return made;
}

/** Fills in what it is given; counts how often it is asked. */
function answering(caller: NetworkAccessManager, preSharedKey: Uint8Array | string, identity = 'us') {
  const asked: PreSharedKeyAuthenticator[] = [];
  caller.on('preSharedKeyAuthenticationRequired', async (_reply, authenticator) => {
    await Promise.resolve();
    asked.push({ ...authenticator });
    Object.assign(authenticator, { identity, preSharedKey });
  });
  return asked;
}

/** A server that knows keys, and has a certificate when it is given one. */
async function serverOf(options: https.ServerOptions = {}): Promise<string> {
  const pskCallback = (_socket: TLSSocket, identity: string): Buffer | null =>
    identity === 'us' ? Buffer.from(KEY, 'hex') : null;
  const ciphers = IS_BORINGSSL
    ? 'ECDHE-PSK-AES256-CBC-SHA:ECDHE-ECDSA-AES128-GCM-SHA256'
    : 'PSK+AESGCM:TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:@SECLEVEL=0';
  const server = https.createServer(
    // Beside a server that speaks 1.3 and knows keys, BoringSSL ends with an internal error.
    {
      pskCallback,
      ciphers,
      ...(IS_BORINGSSL ? { maxVersion: 'TLSv1.2' } : {}),
      ...options,
    } as https.ServerOptions,
    (_, response) => response.writeHead(200, { 'cache-control': 'max-age=60' }).end('in'),
  );
  server.on('tlsClientError', () => {});
  await cleanup.listen(server);
  return `https://localhost:${portOf(server)}/`;
}

const VERSIONS = [
  ['1.2', '-tls1_2'],
  ['1.3', '-tls1_3'],
] as const;
/** BoringSSL has no external keys in TLS 1.3. */
const isSpoken = (version: string): boolean => !IS_BORINGSSL || version.endsWith('1.2');

const SPOKEN = VERSIONS.filter(([version]) => isSpoken(version));

describe.skipIf(!HAS_OPENSSL).each(SPOKEN)('openssl s_server -psk over TLS %s', (version, option) => {
  const start = (...more: string[]): Promise<string> =>
    startOpensslServer(cleanup, null, ['-psk', KEY, '-psk_identity', 'us', option, ...more]);

  test('is spoken to with its key, by listeners that take their time', async () => {
    const url = await start();
    const caller = manager();
    const asked = answering(caller, key());
    const reply = caller.get(url);
    expect(await reply.text()).toContain('s_server');
    expect(asked).toMatchObject([
      {
        hostname: 'localhost',
        identityHint: null,
        maximumIdentityLength: 128,
        identity: '',
        preSharedKey: '',
      },
    ]);
    expect(reply.sslConfiguration).toMatchObject({
      protocol: `TLSv${version}`,
      peerCertificateChain: [],
      certificateErrorsIgnored: false,
    });
  });

  test('remembers what was accepted', async () => {
    const url = await start('-psk_hint', 'for us');
    const caller = manager();
    const asked = answering(caller, key());
    for (let i = 0; i < 3; i++) await caller.get({ url, headers: { connection: 'close' } }).text();
    expect(asked.length).toBe(1);
  });

  test.each([
    ['a wrong key', Uint8Array.of(1, 2, 3), 'us'],
    ['nothing', '', 'us'],
    ['an identity that cannot be sent', KEY, 'u\0s'],
    ['an identity that is too long', KEY, 'u'.repeat(129)],
    ['a key that is too long', new Uint8Array(257), 'us'],
  ])('is not spoken to with %s, and the key is asked for again', async (_name, wrong, identity) => {
    const url = await start();
    const caller = manager();
    const asked = answering(caller, wrong, identity);
    for (let i = 1; i <= 2; i++) {
      const error = await caller
        .get(url)
        .text()
        .catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: 'ssl-handshake-failed' });
      expect(String(error)).not.toContain(KEY);
      expect(asked.length).toBe(i);
    }
  });
});

describe.each((['TLSv1.2', 'TLSv1.3'] as const).filter(isSpoken))('over %s', (version) => {
  const only = { minVersion: version, maxVersion: version };

  test('a text is its bytes, and the reply is asked after the manager', async () => {
    const url = await serverOf(only);
    const caller = manager();
    const order: string[] = [];
    caller.on('preSharedKeyAuthenticationRequired', () => order.push('manager'));
    const reply = caller.get(url).on('preSharedKeyAuthenticationRequired', (authenticator) => {
      order.push('reply');
      authenticator.identity = 'us';
      authenticator.preSharedKey = Buffer.from(KEY, 'hex');
    });
    expect(await reply.text()).toBe('in');
    expect(order).toEqual(['manager', 'reply']);
  });

  test('with a key a server may show a certificate all the same, which has to be right', async () => {
    const plain = https.createServer({ ...only, ...authority.issue() }, (_, response) => response.end('in'));
    await cleanup.listen(plain);
    const wrong = https.createServer({ ...only, ...new CertificateAuthority().issue() });
    wrong.on('tlsClientError', () => {});
    await cleanup.listen(wrong);
    const caller = manager();
    answering(caller, key());
    expect(await caller.get(`https://localhost:${portOf(plain)}/`).text()).toBe('in');
    await expect(caller.get(`https://localhost:${portOf(wrong)}/`).text()).rejects.toMatchObject({
      code: 'ssl-handshake-failed',
      sslErrors: expect.arrayContaining([
        expect.objectContaining({ code: 'unable-to-get-local-issuer-certificate' }),
      ]),
    });
  });

  test('where keys are pinned, one that has no certificate is not let in', async () => {
    const url = await serverOf(only);
    const pins = ['a', 'b'].map((letter) => `sha256/${letter.repeat(43)}=`);
    const caller = manager({ certificatePins: { localhost: pins } });
    answering(caller, key());
    await expect(caller.get(url).text()).rejects.toMatchObject({
      sslErrors: [{ code: 'certificate-pin-mismatch', certificate: null }],
    });
  });

  test('a client certificate is no hindrance', async () => {
    const url = await serverOf(only);
    const caller = manager({
      tls: { ca: authority.certificate, ...authority.issue({ purpose: 'clients' }) },
    });
    answering(caller, key());
    expect(await caller.get(url).text()).toBe('in');
  });

  test('through a tunnel it is the same', async () => {
    const url = await serverOf(only);
    const caller = manager({ proxy: `http://127.0.0.1:${(await startHttpProxy(cleanup)).port}` });
    answering(caller, key());
    expect(await caller.get(url).text()).toBe('in');
  });

  test('a tunnel that begins again for a challenge asks for the key once', async () => {
    const url = await serverOf(only);
    const { port } = await startHttpProxy(cleanup, { credentials: 'me:secret' });
    const caller = manager({ proxy: `http://127.0.0.1:${port}` });
    caller.on('proxyAuthenticationRequired', (_proxy, authenticator) => {
      Object.assign(authenticator, { user: 'me', password: 'secret' });
    });
    const asked = answering(caller, key());
    expect(await caller.get(url).text()).toBe('in');
    expect(asked.length).toBe(1);
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('the safe is shut');
      },
    ],
    ['rejects', () => Promise.reject(new Error('the safe is shut'))],
  ])('a listener that %s has said no: there is no connection', async (_name, fail) => {
    let connections = 0;
    const server = https.createServer(only);
    server.on('connection', () => connections++);
    await cleanup.listen(server);
    const reply = manager().get(`https://localhost:${portOf(server)}/`);
    reply.on('preSharedKeyAuthenticationRequired', fail);
    await expect(reply.text()).rejects.toMatchObject({
      code: 'operation-canceled',
      cause: { message: 'the safe is shut' },
    });
    expect(connections).toBe(0);
  });
});

// BoringSSL has no cipher of that kind.
test.skipIf(!HAS_OPENSSL || IS_BORINGSSL)(
  'a server without a certificate that speaks with a cipher of no key is not let in, whatever is ignored',
  async () => {
    const ciphers = 'AECDH-AES128-SHA:PSK-AES128-CBC-SHA:@SECLEVEL=0';
    const url = await startOpensslServer(cleanup, null, ['-tls1_2', '-cipher', ciphers]);
    const caller = manager({ tls: { ca: authority.certificate, maxVersion: 'TLSv1.2', ciphers } });
    const asked = answering(caller, key());
    const reply = caller.get(url);
    reply.ignoreSslErrors();
    await expect(reply.text()).rejects.toMatchObject({
      code: 'ssl-handshake-failed',
      sslErrors: [{ code: 'no-peer-certificate', certificate: null }],
    });
    expect(asked.length).toBeGreaterThan(0);
  },
);

test('a listener that never settles holds up its own request alone', async () => {
  const clock = new FakeClock();
  const url = await serverOf();
  const caller = manager({ clock, transport: new SocketTransport({ clock }) });
  let asked = 0;
  caller.on('preSharedKeyAuthenticationRequired', (_reply, authenticator) => {
    if (++asked === 1) return new Promise<void>(() => {});
    Object.assign(authenticator, { identity: 'us', preSharedKey: key() });
    return undefined;
  });
  const stuck = caller.get(url);
  await until(() => asked === 1);
  const other = caller.get(url);
  await until(() => {
    clock.advance(50);
    return other.isFinished;
  });
  expect(await other.text()).toBe('in');
  expect(stuck.isFinished).toBe(false);
  stuck.abort();
  await expect(stuck.text()).rejects.toMatchObject({ code: 'operation-canceled' });
});

test.runIf(HAS_OPENSSL && IS_BORINGSSL)(
  'where keys are spoken with TLS 1.2 alone, the error says so',
  async () => {
    const url = await startOpensslServer(cleanup, null, ['-psk', KEY, '-psk_identity', 'us', '-tls1_3']);
    const caller = manager();
    answering(caller, key());
    await expect(caller.get(url).text()).rejects.toMatchObject({
      code: 'ssl-handshake-failed',
      message: expect.stringContaining('pre-shared keys are spoken with TLS 1.2 alone'),
    });
  },
);

test('without a listener a server that has only keys is not spoken to', async () => {
  const url = await serverOf();
  await expect(manager().get(url).text()).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
});

test('an abort while a listener thinks ends the request', async () => {
  const reply = manager().get(await serverOf());
  const asked = new Promise<void>((resolve) => {
    reply.on('preSharedKeyAuthenticationRequired', () => {
      resolve();
      return new Promise(() => {});
    });
  });
  await asked;
  reply.abort();
  await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled' });
});

test('a cleartext request, and an answer of the cache, ask for no key', async () => {
  const url = await serverOf();
  const caller = manager({ cache: new MemoryCache() });
  const asked = answering(caller, key());
  await caller.get(url).text();
  await caller.get(url).text();
  await caller
    .get('http://localhost:1/')
    .text()
    .catch(() => {});
  expect(asked.length).toBe(1);
});
