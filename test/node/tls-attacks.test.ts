/** Attack checklist H, and 34, end to end; by number. */
import { createSecureServer } from 'node:http2';
import type { TLSSocket, TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NetworkAccessManager, type NetworkError, type NetworkRequest } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import type { NetworkReply } from '../../src/reply/reply.ts';
import type { SslError } from '../../src/util/ssl-error.ts';
import { CertificateAuthority, type Identity } from '../support/certificate.ts';
import { eventually } from '../support/eventually.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { loopbackLookup } from '../support/loopback-lookup.ts';
import { startHttpProxy, startSocksProxy } from '../support/proxies.ts';

const authority = new CertificateAuthority('Our authority');
const stranger = new CertificateAuthority('A stranger');
const DAY = 86_400_000;
const PAST = { notBefore: new Date(Date.now() - 7 * DAY), notAfter: new Date(Date.now() - DAY) };
const NAMES = ['a.test', 'b.test', '*.known.test', 'localhost'];
const alice = authority.issue({ names: ['alice'], purpose: 'clients' });
const bob = authority.issue({ names: ['bob'], purpose: 'clients' });
const trusting = { ca: authority.certificate };

const cleanup = new Cleanup();
const servers = new Cleanup(afterAll);

/** What a server of HTTP/1.1 and HTTP/2 knows of the connection of a request. */
interface Told {
  readonly connection: number;
  readonly resumed: boolean;
  readonly who: string | null;
  readonly servername: string | null;
  readonly host: string;
}

interface Server {
  readonly port: number;
  /** Requests that it was sent. */
  readonly requests: () => number;
  /** Connections that are open. */
  readonly open: () => Promise<number>;
}

async function serve(identity: Identity, options: TlsOptions = {}): Promise<Server> {
  let requests = 0;
  const asking = { requestCert: true, rejectUnauthorized: false, allowHTTP1: true };
  const server = createSecureServer(
    { ...identity, ...trusting, ...asking, ...options },
    (request, response) => {
      requests++;
      const socket = request.socket as TLSSocket;
      const told: Told = {
        connection: socket.remotePort!,
        resumed: socket.isSessionReused(),
        who: (socket.getPeerCertificate().subject?.CN as string | undefined) ?? null,
        servername: socket.servername || null,
        host: request.headers[':authority'] ?? request.headers.host!,
      };
      response.end(JSON.stringify(told));
    },
  );
  server.on('tlsClientError', () => {});
  server.on('sessionError', () => {});
  await servers.listen(server);
  const open = (): Promise<number> =>
    new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
  return { port: portOf(server), requests: () => requests, open };
}

let right: Server;
let wrong: Server;
let alsoWrong: Server;
beforeAll(async () => {
  right = await serve(authority.issue({ names: NAMES }));
  wrong = await serve(authority.issue({ names: NAMES, ...PAST }));
  alsoWrong = await serve(authority.issue({ names: NAMES, ...PAST }));
});

const WAYS: readonly (readonly [string, ManagerOptions])[] = [
  ['HTTP/1.1', { http2Allowed: false }],
  ['HTTP/2', {}],
];

describe.each(WAYS)('over %s', (_name, way) => {
  function manager(options: ManagerOptions = {}): NetworkAccessManager {
    const transport = new SocketTransport({ lookup: loopbackLookup });
    const made = new NetworkAccessManager({ tls: trusting, transport, ...way, ...options });
    cleanup.add(() => made.close());
    return made;
  }

  const at = ({ port }: Server, host = 'a.test'): string => `https://${host}:${port}/`;
  const outcome = (reply: NetworkReply): Promise<string> =>
    reply.text().then(
      () => 'in',
      ({ code }: NetworkError) => code,
    );
  const REFUSED = 'ssl-handshake-failed';

  async function errorsOf(url: string): Promise<readonly SslError[]> {
    const error = (await manager()
      .get(url)
      .text()
      .catch((thrown: unknown) => thrown)) as NetworkError;
    return error.sslErrors!;
  }

  describe('34: an error of TLS of a known HSTS host is nothing that an application may pass over', () => {
    test.each<[string, (reply: NetworkReply) => unknown]>([
      ['before the request', (reply) => reply.ignoreSslErrors()],
      ['in a listener', (reply) => reply.on('sslErrors', () => reply.ignoreSslErrors())],
      ['with the list', (reply) => reply.on('sslErrors', (errors) => reply.ignoreSslErrors(errors))],
    ])('%s', async (_how, ignore) => {
      const caller = manager({ strictTransportSecurityEnabled: true });
      caller.addStrictTransportSecurityHosts([
        { host: 'known.test', expiry: Date.now() + DAY, includeSubDomains: true },
      ]);
      const before = wrong.requests();
      for (const url of [
        at(wrong, 'c.known.test'),
        at(wrong, 'C.Known.TEST.'),
        at(wrong, 'c.known.test').replace('https', 'http'),
      ]) {
        const reply = caller.get(url);
        ignore(reply);
        await expect(reply.text()).rejects.toMatchObject({
          code: REFUSED,
          message: expect.stringContaining('HSTS'),
        });
      }
      expect(wrong.requests()).toBe(before);
      // One that is not known is the application's to decide.
      const other = caller.get(at(wrong));
      ignore(other);
      expect(await outcome(other)).toBe('in');
    });

    test('nor by a redirect from where it may', async () => {
      const from = await serve(authority.issue({ names: NAMES, ...PAST }));
      const caller = manager({ strictTransportSecurityEnabled: true, redirectPolicy: 'no-less-safe' });
      caller.addStrictTransportSecurityHosts([
        { host: 'known.test', expiry: Date.now() + DAY, includeSubDomains: true },
      ]);
      caller.on('sslErrors', (reply) => reply.ignoreSslErrors());
      expect(await outcome(caller.get(at(from)))).toBe('in');
      expect(await outcome(caller.get(at(from, 'c.known.test')))).toBe(REFUSED);
    });
  });

  describe('77: what is ignored is what was listed, for one reply', () => {
    test('a list is for this error of this certificate', async () => {
      const here = await errorsOf(at(wrong));
      const there = await errorsOf(at(alsoWrong));
      const namesake = [{ ...here[0]!, certificate: there[0]!.certificate }];
      const otherCode = [{ ...here[0]!, code: 'self-signed-certificate' as const }];
      const attempts = [
        [here, wrong, 'in'],
        [there, alsoWrong, 'in'],
        [there, wrong, REFUSED],
        [namesake, wrong, REFUSED],
        [otherCode, wrong, REFUSED],
        [[], wrong, REFUSED],
      ] as const;
      for (const [list, server, expected] of attempts) {
        const reply = manager().get(at(server));
        reply.ignoreSslErrors(list);
        expect(await outcome(reply)).toBe(expected);
      }
    });

    test('nothing of it is left for the next reply, whoever makes it', async () => {
      const caller = manager();
      const ignoring = (): NetworkReply => {
        const reply = caller.get(at(wrong));
        reply.ignoreSslErrors();
        return reply;
      };
      expect(await outcome(ignoring())).toBe('in');
      const [again, extended, another] = [
        caller.get(at(wrong)),
        caller.extend({}).get(at(wrong)),
        manager().get(at(wrong)),
      ];
      expect(await Promise.all([again, extended, another].map(outcome))).toEqual([REFUSED, REFUSED, REFUSED]);
      expect(await outcome(ignoring())).toBe('in');
    });
  });

  test('78: no connection and no session is shared by what differs in TLS', async () => {
    const caller = manager();
    // The one whose pins are not met is told of.
    caller.on('faultOccurred', () => {});
    const pins = ['a', 'b'].map((letter) => `sha256/${letter.repeat(43)}=`);
    const VARIANTS: readonly Omit<NetworkRequest, 'url'>[] = [
      {},
      { tls: { ...trusting, ...alice } },
      { tls: { ...trusting, ...bob } },
      { tls: { ca: [authority.certificate, stranger.certificate] } },
      { tls: { ...trusting, servername: 'b.test' } },
      { tls: { ...trusting, minVersion: 'TLSv1.3' } },
      { tls: { ...trusting, maxVersion: 'TLSv1.2' } },
      { tls: { ...trusting, ciphers: 'TLS_AES_256_GCM_SHA384:ECDHE-ECDSA-AES256-GCM-SHA384' } },
      { tls: { ...trusting, groups: 'P-256' } },
      { tls: { ...trusting, signatureAlgorithms: 'ecdsa_secp256r1_sha256' } },
      { tls: { ...trusting, sessionTickets: false } },
      { tls: { ...trusting, ALPNProtocols: ['http/1.1'] } },
      { certificatePins: { 'a.test': { pins, reportOnly: true } } },
    ];
    const ask = (own: object): Promise<Told> => caller.get({ url: at(right), ...own }).json<Told>();
    const first: Told[] = [];
    for (const own of VARIANTS) first.push(await ask(own));
    expect(first.map(({ resumed }) => resumed)).toEqual(VARIANTS.map(() => false));
    expect(new Set(first.map(({ connection }) => connection)).size).toBe(VARIANTS.length);
    expect(first.slice(0, 5).map(({ who }) => who)).toEqual([null, 'alice', 'bob', null, null]);
    // What is equal by value shares.
    for (const [index, own] of VARIANTS.entries()) {
      expect((await ask(structuredClone(own))).connection).toBe(first[index]!.connection);
    }
  });

  describe('79: the name that is asked for and verified is that of the URL, or the one that is set for it', () => {
    test.each<[string, Omit<NetworkRequest, 'url'>, string]>([
      ['without a word', {}, 'a.test'],
      ['with a Host field', { headers: { Host: 'b.test' } }, 'a.test'],
      ['with a servername', { tls: { ...trusting, servername: 'b.test' } }, 'b.test'],
    ])('%s', async (_how, own, servername) => {
      const told = await manager()
        .get({ url: at(right), ...own })
        .json<Told>();
      expect(told.servername).toBe(servername);
    });

    test('a Host field that the certificate has does not help a URL that it has not', async () => {
      const before = right.requests();
      const reply = manager().get({ url: at(right, 'c.test'), headers: { Host: 'a.test' } });
      await expect(reply.text()).rejects.toMatchObject({
        sslErrors: [{ code: 'host-name-mismatch', message: expect.stringContaining('c.test') }],
      });
      expect(right.requests()).toBe(before);
    });
  });

  describe('80: a handshake that comes to nothing leaves nothing open', () => {
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP') && name.endsWith('Wrap'))
        .length;

    test.each<[string, () => Server, (caller: NetworkAccessManager) => void, ManagerOptions]>([
      ['for a certificate', () => wrong, () => {}, {}],
      [
        'with a client certificate, for a certificate',
        () => wrong,
        () => {},
        { tls: { ...trusting, ...alice } },
      ],
      [
        'for a listener of encrypted',
        () => right,
        (caller) => caller.on('encrypted', () => Promise.reject(new Error('no'))),
        {},
      ],
      [
        'for a listener of sslErrors',
        () => wrong,
        (caller) => caller.on('sslErrors', () => Promise.reject(new Error('no'))),
        {},
      ],
      [
        'for what is spoken',
        () => right,
        () => {},
        { tls: { ...trusting, ciphers: 'PSK-AES128-GCM-SHA256', maxVersion: 'TLSv1.2' } },
      ],
    ])('%s', async (_why, server, prepare, options) => {
      const socks = `socks5h://127.0.0.1:${(await startSocksProxy(cleanup)).port}`;
      for (const proxy of [null, (await startHttpProxy(cleanup)).url, socks]) {
        const before = sockets();
        const caller = manager(proxy === null ? options : { ...options, proxy });
        prepare(caller);
        for (let round = 0; round < 2; round++) {
          const replies = Array.from({ length: 6 }, () => caller.get(at(server())));
          expect(new Set(await Promise.all(replies.map(outcome))).has('in')).toBe(false);
        }
        await eventually(async () => {
          expect(await server().open()).toBe(0);
          // Those of the proxies before may be closing still.
          expect(sockets()).toBeLessThanOrEqual(before);
        });
      }
    });
  });
});
