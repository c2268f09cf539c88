import * as https from 'node:https';
import * as tls from 'node:tls';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { MemoryCache, NetworkAccessManager, NetworkError } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import type { NetworkReply } from '../../src/reply/reply.ts';
import type { SslError, SslErrorCode } from '../../src/util/ssl-error.ts';
import { IS_BORINGSSL } from '../support/boring-ssl.ts';
import { CertificateAuthority, type Identity } from '../support/certificate.ts';
import { startHttp2Server } from '../support/h2-server.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { loopbackLookup } from '../support/loopback-lookup.ts';

const cleanup = new Cleanup();
const authority = new CertificateAuthority('Our authority');
const stranger = new CertificateAuthority('Inspecting proxy');
const DAY = 86_400_000;
const yesterday = new Date(Date.now() - DAY);
const lastWeek = new Date(Date.now() - 7 * DAY);
const tomorrow = new Date(Date.now() + DAY);

/** A server that shows what nobody should accept. */
const WEAK = IS_BORINGSSL ? {} : { ciphers: `${tls.DEFAULT_CIPHERS}:@SECLEVEL=0` };

/** What the server was sent. */
let seen: string[];

async function serverOf(
  identity: tls.TlsOptions,
  fields: Readonly<Record<string, string>> = {},
): Promise<string> {
  const server = https.createServer({ ...WEAK, ...identity }, (request, response) => {
    seen.push(request.url!);
    response.writeHead(200, { 'cache-control': 'max-age=60', ...fields }).end(`${seen.length}`);
  });
  server.on('tlsClientError', () => {});
  await cleanup.listen(server);
  return `https://localhost:${portOf(server)}/`;
}

function manager(options: ManagerOptions = {}): NetworkAccessManager {
  const made = new NetworkAccessManager({ tls: { ca: authority.certificate }, ...options });
  cleanup.add(() => made.close());
  return made;
}

const expired = (): Identity => authority.issue({ notBefore: lastWeek, notAfter: yesterday });
const codesOf = (errors: readonly SslError[] | undefined): SslErrorCode[] =>
  (errors ?? []).map(({ code }) => code);

beforeEach(() => {
  seen = [];
});

const WRONG: readonly [string, Identity, readonly string[], RegExp][] = [
  ['expired', expired(), ['certificate-expired 0'], /expired on .*; the clock of this machine says/],
  [
    'not yet valid',
    authority.issue({ notBefore: tomorrow }),
    ['certificate-not-yet-valid 0'],
    /not valid before .*; the clock of this machine says/,
  ],
  [
    'of another name',
    authority.issue({ names: ['a.test', '*.b.test', '10.0.0.1'] }),
    ['host-name-mismatch 0'],
    /not for localhost: it is for a\.test, \*\.b\.test, 10\.0\.0\.1/,
  ],
  [
    'with a common name and no alternative name',
    authority.issue({ names: [], commonName: 'localhost' }),
    ['host-name-mismatch 0'],
    /no alternative names, and its subject does not count \(RFC 9525\)$/,
  ],
  [
    'signed by itself',
    authority.issue({ selfSigned: true }),
    ['self-signed-certificate 0'],
    /localhost \(issued by localhost\) is signed by itself: .*tls: \{ ca \}/,
  ],
  [
    'of an unknown issuer',
    stranger.issue(),
    ['unable-to-get-local-issuer-certificate 0', 'unable-to-verify-first-certificate 0'],
    /Inspecting proxy: .*proxy that inspects traffic, .*tls: \{ ca \}, .*ca: \['bundled', 'system'\]/,
  ],
  [
    'of an unknown issuer that comes along',
    withChain(stranger.issue(), stranger.certificate),
    ['self-signed-certificate-in-chain 1'],
    /ends at an authority that is not trusted, Inspecting proxy.*ca: \['bundled', 'system'\]/,
  ],
  ['with a short key', authority.issue({ rsaBits: 1024 }), ['weak-key 0'], /2048 bits/],
  ['signed with SHA-1', authority.issue({ hash: 'sha1' }), ['weak-signature 0'], /SHA-1/],
  [
    'not for servers',
    authority.issue({ purpose: 'clients' }),
    ['invalid-purpose 0'],
    /not meant for servers/,
  ],
  [
    'wrong in every way',
    stranger.issue({ names: ['a.test'], notAfter: yesterday, notBefore: lastWeek, rsaBits: 1024 }),
    [
      'unable-to-get-local-issuer-certificate 0',
      'unable-to-verify-first-certificate 0',
      'certificate-expired 0',
      'weak-key 0',
      'host-name-mismatch 0',
    ],
    /Inspecting proxy.*expired.*short.*a\.test/,
  ],
  [
    'of an expired authority that comes along',
    ((): Identity => {
      const between = new CertificateAuthority('Between', authority, {
        notBefore: lastWeek,
        notAfter: yesterday,
      });
      return withChain(between.issue(), between.certificate);
    })(),
    ['certificate-expired 1'],
    /of Between .*expired/,
  ],
  [
    'whose issuer is missing',
    new CertificateAuthority('Between', authority).issue(),
    ['unable-to-get-local-issuer-certificate 0', 'unable-to-verify-first-certificate 0'],
    /certificate of Between: .*in between/,
  ],
];

function withChain({ cert, key }: Identity, ...more: readonly string[]): Identity {
  return { cert: [cert, ...more].join('\n'), key };
}

describe.each(['TLSv1.2', 'TLSv1.3'] as const)('over %s, a certificate', (version) => {
  test.each(WRONG)('%s fails with all that is wrong', async (_name, identity, codes, words) => {
    const url = await serverOf({ ...identity, minVersion: version, maxVersion: version });
    const reply = manager().get(url);
    const told = vi.fn();
    reply.on('sslErrors', told);
    const error = (await reply.text().catch((thrown: unknown) => thrown)) as NetworkError;
    expect(error.code).toBe('ssl-handshake-failed');
    expect(error.sslErrors?.map(({ code, depth }) => `${code} ${depth}`)).toEqual(codes);
    expect(error.message).toMatch(words);
    expect(told).toHaveBeenCalledExactlyOnceWith(error.sslErrors);
    expect(NetworkError.from(JSON.parse(JSON.stringify(error))).sslErrors).toEqual(error.sslErrors);
    expect(seen).toEqual([]);
  });

  test.each(WRONG)('%s goes through when its errors are ignored, and no others', async (_name, identity) => {
    const url = await serverOf({ ...identity, minVersion: version, maxVersion: version });
    const caller = manager();
    const told: (readonly SslError[])[] = [];
    caller.on('sslErrors', (reply, errors) => {
      told.push(errors);
      reply.ignoreSslErrors(errors);
    });
    const reply = caller.get(url);
    expect(await reply.text()).toBe('1');
    expect(told).toHaveLength(1);
    expect(reply.sslConfiguration?.certificateErrorsIgnored).toBe(true);
    expect(reply.sslConfiguration?.ignoredErrors).toEqual(codesOf(told[0]));
  });
});

/** What Node's word for a failure may mean. BoringSSL finds no issuer for a certificate that is its own, either. */
const meanings = (code: string | undefined): readonly (string | undefined)[] => {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return ['HOSTNAME_MISMATCH'];
  if (IS_BORINGSSL && code === 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    return [code, 'DEPTH_ZERO_SELF_SIGNED_CERT'];
  return [code];
};

// Node takes the common name for one, and has no name for what is weak.
test.each(WRONG.slice(0, 7).filter(([name]) => !name.includes('common name')))(
  "a certificate %s has OpenSSL's name, too",
  async (_name, identity) => {
    const url = await serverOf(identity);
    const failed = await manager()
      .get(url)
      .text()
      .catch((thrown: unknown) => thrown);
    const names = (failed as NetworkError).sslErrors!.map(({ opensslCode }) => opensslCode);
    const code = await new Promise<string | undefined>((resolve) => {
      https
        .get(url, { ca: authority.certificate })
        .on('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
    expect(meanings(code)).toEqual(expect.arrayContaining([expect.toBeOneOf(names)]));
  },
);

test('a listener that never settles holds up its own request alone', async () => {
  const url = await serverOf(expired());
  const caller = manager();
  const stuck = caller.get(url);
  await new Promise<void>((resolve) => {
    stuck.on('sslErrors', () => {
      resolve();
      return new Promise(() => {});
    });
  });
  const other = caller.get(url);
  other.ignoreSslErrors();
  expect(await other.text()).toBe('1');
  expect(stuck.isFinished).toBe(false);
  stuck.abort();
  await expect(stuck.text()).rejects.toMatchObject({ code: 'operation-canceled' });
});

test('an intermediate certificate that is sent, in any order, is enough', async () => {
  const between = new CertificateAuthority('Between', authority);
  const { cert, key } = between.issue();
  const url = await serverOf({ cert: [cert, stranger.certificate, between.certificate].join('\n'), key });
  expect(await manager().get(url).text()).toBe('1');
});

describe('ignoreSslErrors', () => {
  test.each<[string, (reply: NetworkReply) => void]>([
    ['before the request', (reply) => reply.ignoreSslErrors()],
    ['in a listener', (reply) => reply.on('sslErrors', () => reply.ignoreSslErrors())],
    [
      'in a listener that takes its time',
      (reply) =>
        reply.on('sslErrors', async () => {
          await new Promise(setImmediate);
          expect(seen).toEqual([]);
          reply.ignoreSslErrors();
        }),
    ],
  ])('%s lets the request go on', async (_name, ignore) => {
    const reply = manager().get(await serverOf(expired()));
    ignore(reply);
    expect(await reply.text()).toBe('1');
  });

  test('with a list holds for these errors of this certificate alone', async () => {
    const identity = expired();
    const url = await serverOf(identity);
    const error = (await manager()
      .get(url)
      .text()
      .catch((thrown: unknown) => thrown)) as NetworkError;
    const [known] = error.sslErrors!;
    const attempts: readonly [readonly object[], string][] = [
      [[known!], 'ok'],
      [[{ code: known!.code, certificate: { fingerprint256: known!.certificate!.fingerprint256 } }], 'ok'],
      [[{ ...known, code: 'certificate-not-yet-valid' }], 'refused'],
      [[{ ...known, certificate: { ...known!.certificate, fingerprint256: '00:11' } }], 'refused'],
      [[], 'refused'],
    ];
    for (const [list, outcome] of attempts) {
      const reply = manager().get(url);
      reply.ignoreSslErrors(list as readonly SslError[]);
      const answer = await reply.text().then(
        () => 'ok',
        () => 'refused',
      );
      expect([list, answer]).toEqual([list, outcome]);
    }
  });

  test.each([['no list'], [[{}]], [[null]], [{ code: 'x' }], [[{ code: 'certificate-expired' }]]])(
    'is told %j, which is a TypeError',
    async (list) => {
      const reply = manager().get(await serverOf(authority.issue()));
      expect(() => reply.ignoreSslErrors(list as never)).toThrow(TypeError);
      await reply.text();
    },
  );

  test('is of no use when the server has another certificate then', async () => {
    const identities = [expired(), expired(), expired()];
    let connections = 0;
    const url = await serverOf({
      SNICallback: (_name, done) => done(null, tls.createSecureContext(identities[connections++ % 3]!)),
    });
    const reply = manager().get(url);
    const told: string[] = [];
    reply.on('sslErrors', (errors) => {
      told.push(errors[0]!.certificate!.fingerprint256);
      if (told.length === 1) reply.ignoreSslErrors(errors);
    });
    await expect(reply.text()).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
    expect(new Set(told).size).toBe(2);
    expect(seen).toEqual([]);
  });

  test('before the request is no word for the host of a redirect', async () => {
    const target = await serverOf(expired());
    const first = await serverOf(authority.issue({ names: ['first.test'] }));
    const there = first.replace('localhost', 'first.test');
    const from = https.createServer(authority.issue({ names: ['first.test'] }), (_request, response) => {
      response.writeHead(302, { location: target }).end();
    });
    await cleanup.listen(from);
    const reply = manager({ transport: new SocketTransport({ lookup: loopbackLookup }) }).get(
      there.replace(/:\d+/, `:${portOf(from)}`),
    );
    reply.ignoreSslErrors();
    await expect(reply.text()).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
  });

  test.each([
    [
      'throws',
      (): never => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ])('does not help when a listener %s', async (_name, fail) => {
    const reply = manager().get(await serverOf(expired()));
    reply.ignoreSslErrors();
    reply.on('sslErrors', fail);
    await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled', cause: new Error('no') });
    expect(seen).toEqual([]);
  });

  test('is refused for known HSTS hosts', async () => {
    const url = await serverOf(
      authority.issue({ names: ['b.hsts.test'], notBefore: lastWeek, notAfter: yesterday }),
    );
    const transport = new SocketTransport({ lookup: loopbackLookup });
    const caller = manager({ strictTransportSecurityEnabled: true, transport });
    caller.addStrictTransportSecurityHosts([
      { host: 'hsts.test', expiry: Date.now() + DAY, includeSubDomains: true },
    ]);
    const reply = caller.get(url.replace('localhost', 'b.hsts.test'));
    reply.ignoreSslErrors();
    await expect(reply.text()).rejects.toMatchObject({
      code: 'ssl-handshake-failed',
      message: expect.stringContaining('HSTS'),
      sslErrors: [expect.objectContaining({ code: 'certificate-expired' })],
    });
    expect(seen).toEqual([]);
  });

  test('an abort ends the question', async () => {
    const reply = manager().get(await serverOf(expired()));
    reply.on('sslErrors', () => reply.abort());
    await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled' });
    expect(seen).toEqual([]);
  });
});

describe('what was ignored', () => {
  test('is for no request that has not ignored the same: no connection, no session, no entry of a cache', async () => {
    const url = await serverOf(expired());
    const caller = manager({ cache: new MemoryCache() });
    const ignoring = (): NetworkReply => {
      const reply = caller.get(url);
      reply.ignoreSslErrors();
      return reply;
    };
    expect(await ignoring().text()).toBe('1');
    await expect(caller.get(url).text()).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
    const again = ignoring();
    // It was not stored, although the server allows it.
    expect(await again.text()).toBe('2');
    // The same connection, or a session of it.
    expect(again.sslConfiguration?.certificateErrorsIgnored).toBe(true);
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'is asked about again by a session of %s that is resumed, which is for no other',
    async (version) => {
      const url = await serverOf({ ...expired(), minVersion: version, maxVersion: version });
      const caller = manager();
      const ask = async (ignores: boolean): Promise<readonly unknown[]> => {
        const reply = caller.get({ url, headers: { connection: 'close' } });
        let questions = 0;
        reply.on('sslErrors', () => void questions++);
        if (ignores) reply.ignoreSslErrors();
        const outcome = await reply.text().then(
          () => 'ok',
          ({ code }: NetworkError) => code,
        );
        const { sessionReused = null, certificateErrorsIgnored = null } = reply.sslConfiguration ?? {};
        return [outcome, questions, sessionReused, certificateErrorsIgnored];
      };
      expect(await ask(true)).toEqual(['ok', 1, false, true]);
      expect(await ask(true)).toEqual(['ok', 1, true, true]);
      expect(await ask(false)).toEqual(['ssl-handshake-failed', 1, null, null]);
    },
  );

  test('is not shared by equal requests at a time', async () => {
    const url = await serverOf(expired());
    const caller = manager({ cache: new MemoryCache() });
    const replies = [true, false, true, false].map((ignores) => {
      const reply = caller.get(url);
      if (ignores) reply.ignoreSslErrors();
      return reply.text().then(
        () => 'ok',
        ({ code }: NetworkError) => code,
      );
    });
    expect(await Promise.all(replies)).toEqual(['ok', 'ssl-handshake-failed', 'ok', 'ssl-handshake-failed']);
  });

  test.each([
    [expired(), 0],
    [authority.issue({ names: ['hsts.test'] }), 1],
  ])('teaches no HSTS', async (identity, hosts) => {
    const url = await serverOf(identity, { 'strict-transport-security': 'max-age=600' });
    const transport = new SocketTransport({ lookup: loopbackLookup });
    const caller = manager({ strictTransportSecurityEnabled: true, transport });
    const reply = caller.get(url.replace('localhost', 'hsts.test'));
    reply.ignoreSslErrors();
    await reply.text();
    expect(caller.strictTransportSecurityHosts()).toHaveLength(hosts);
  });
});

test('over HTTP/2, each of the requests that wait for one handshake is asked', async () => {
  const server = await startHttp2Server((stream) => stream.end('ok'), { identity: expired() });
  cleanup.add(() => server.close());
  const caller = manager();
  const replies = [true, false, true].map((ignores) => {
    const reply = caller.get(`${server.origin}/hello`);
    if (ignores) reply.ignoreSslErrors();
    return reply.text().then(
      () => reply.httpVersion,
      ({ code }: NetworkError) => code,
    );
  });
  expect(await Promise.all(replies)).toEqual(['2', 'ssl-handshake-failed', '2']);
});

test('a preconnect asks, too', async () => {
  const url = await serverOf(expired());
  const ahead = manager().connectToHostEncrypted('localhost', Number(new URL(url).port));
  ahead.ignoreSslErrors();
  await ahead.completed;
});

// Node itself shows it to any server, and judges then.
describe.each(['TLSv1.2', 'TLSv1.3'] as const)('our certificate, over %s,', (version) => {
  const own = authority.issue({ names: ['the-user'], purpose: 'clients' });
  const shown: unknown[] = [];

  async function curious(identity: Identity): Promise<string> {
    shown.length = 0;
    const demand = { requestCert: true, rejectUnauthorized: false, ca: authority.certificate };
    const server = https.createServer(
      { ...WEAK, ...identity, ...demand, minVersion: version, maxVersion: version },
      (_request, response) => response.end('ok'),
    );
    server.on('secureConnection', (socket) => shown.push(socket.getPeerCertificate().subject?.CN));
    server.on('tlsClientError', () => {});
    await cleanup.listen(server);
    return `https://localhost:${portOf(server)}/`;
  }

  test('is shown to a server that is verified', async () => {
    const caller = manager({ tls: { ca: authority.certificate, ...own } });
    expect(await caller.get(await curious(authority.issue())).text()).toBe('ok');
    expect(shown).toEqual(['the-user']);
  });

  test.each(WRONG)('is shown to none whose own is %s', async (_name, identity) => {
    const caller = manager({ tls: { ca: authority.certificate, ...own } });
    const url = await curious(identity);
    await expect(caller.get(url).text()).rejects.toMatchObject({
      code: 'ssl-handshake-failed',
      sslErrors: expect.any(Array),
    });
    expect(shown.filter((name) => name !== undefined)).toEqual([]);
  });

  test('is shown when the application has accepted what is wrong', async () => {
    const reply = manager({ tls: { ca: authority.certificate, ...own } }).get(await curious(expired()));
    reply.ignoreSslErrors();
    expect(await reply.text()).toBe('ok');
    expect(shown).toEqual(['the-user']);
  });
});

afterAll(() => {
  expect(process.env.NODE_TLS_REJECT_UNAUTHORIZED).toBeUndefined();
});
