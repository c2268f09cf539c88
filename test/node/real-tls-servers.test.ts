/** TLS of servers that nobody here wrote: mutual, renegotiated, with another certificate each time, with warnings. */
import { randomBytes } from 'node:crypto';
import * as https from 'node:https';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NetworkAccessManager, type NetworkError, type TlsOptions } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { loopbackLookup } from '../support/loopback-lookup.ts';
import { HAS_OPENSSL, startTalkingServer } from '../support/openssl-server.ts';
import { isStartable, MUTUAL_TLS, startMutualTls } from '../support/real-proxies.ts';

const authority = new CertificateAuthority('Our authority');
const stranger = new CertificateAuthority('A stranger');
const trusting = { ca: authority.certificate };
const alice = authority.issue({ names: ['alice'], purpose: 'clients' });
const mallory = stranger.issue({ names: ['mallory'], purpose: 'clients' });
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
const cleanup = new Cleanup();

function manager(options: ManagerOptions = {}): NetworkAccessManager {
  const transport = new SocketTransport({ lookup: loopbackLookup });
  const made = new NetworkAccessManager({ tls: trusting, transport, ...options });
  cleanup.add(() => made.close());
  return made;
}

/** Who wants a certificate, who has come with which, and what came of it: an answer, or the code of an error. */
const OUTCOMES: Readonly<Record<'nginx' | 'haproxy', readonly (readonly [string, string, string])[]>> = {
  nginx: [
    ['required.test', 'alice', 'CN=alice|required.test'],
    // It says so in HTTP.
    ['required.test', 'nobody', 'protocol-invalid-operation'],
    ['required.test', 'mallory', 'protocol-invalid-operation'],
    ['optional.test', 'alice', 'CN=alice|optional.test'],
    ['optional.test', 'nobody', '|optional.test'],
    ['optional.test', 'mallory', 'protocol-invalid-operation'],
    ['open.test', 'alice', '|open.test'],
    ['open.test', 'nobody', '|open.test'],
  ],
  haproxy: [
    ['required.test', 'alice', 'CN=alice|required.test'],
    ['required.test', 'nobody', 'ssl-handshake-failed'],
    ['required.test', 'mallory', 'ssl-handshake-failed'],
    ['optional.test', 'alice', 'CN=alice|optional.test'],
    ['optional.test', 'nobody', 'CN=|optional.test'],
    ['optional.test', 'mallory', 'ssl-handshake-failed'],
    ['open.test', 'alice', 'CN=|open.test'],
    ['open.test', 'nobody', 'CN=|open.test'],
  ],
};
const WHO: Readonly<Record<string, TlsOptions>> = { alice, mallory, nobody: {} };

describe.each(['nginx', 'haproxy'] as const)('mutual TLS of %s', (name) => {
  describe.runIf(isStartable(name)).each(VERSIONS)('over %s', (version) => {
    const running = new Cleanup(afterAll);
    let port: number;
    beforeAll(async () => {
      const identity = authority.issue({ names: MUTUAL_TLS });
      port = await startMutualTls(running, name, identity, authority.certificate);
    });
    const only = { minVersion: version, maxVersion: version };

    test.each(
      OUTCOMES[name].flatMap((row) => [true, false].map((http2Allowed) => [...row, http2Allowed] as const)),
    )('%s, with the certificate of %s: %s (HTTP/2: %s)', async (host, who, expected, http2Allowed) => {
      const reply = manager({ tls: { ...trusting, ...only, ...WHO[who] }, http2Allowed }).get(
        `https://${host}:${port}/`,
      );
      const said = await reply.text().catch(({ code }: NetworkError) => code);
      expect(said).toBe(expected);
    });

    test('one manager chooses late, by the host', async () => {
      const asked: string[] = [];
      const cert = (host: string): string | undefined => {
        asked.push(host);
        return host === 'required.test' ? alice.cert : undefined;
      };
      const key = (host: string): string | undefined => (host === 'required.test' ? alice.key : undefined);
      const caller = manager({ tls: { ...trusting, ...only, cert, key } });
      const said = MUTUAL_TLS.map(async (host) =>
        (await caller.get(`https://${host}:${port}/`).text()).replace('CN=|', '|'),
      );
      expect(await Promise.all(said)).toEqual(['CN=alice|required.test', '|optional.test', '|open.test']);
      expect(new Set(asked)).toEqual(new Set(MUTUAL_TLS));
    });
  });
});

describe.skipIf(!HAS_OPENSSL)('openssl s_server', () => {
  const HELLO = 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello';

  test.each<[string, string, TlsOptions]>([
    ['for a certificate, and we have none', 'R', {}],
    ['for a certificate, and we have one', 'R', alice],
    ['for new keys', 'r', alice],
  ])('that renegotiates in the middle of a request, %s', async (_why, command, own) => {
    const server = await startTalkingServer(cleanup, authority.issue(), ['-tls1_2', '-crlf']);
    const reply = manager({ tls: { ...trusting, ...own } }).get(`${server.url}first`);
    await server.heard('GET /first');
    server.say(`${command}\n`);
    await server.heard('SSL_do_handshake -> 1');
    server.say(HELLO);
    expect(await reply.text()).toBe('hello');
  });

  test.each([
    ['a warning ends nothing', [], /s_server/],
    ['a fatal one ends the handshake', ['-servername_fatal'], /^ssl-handshake-failed: .*unrecognized name/],
  ])('an alert about the name: %s', async (_name, more, expected) => {
    const options = ['-tls1_2', '-www', '-servername', 'other.test', ...more];
    const other = authority.issue({ names: ['other.test'] });
    const server = await startTalkingServer(cleanup, authority.issue(), options, [], other);
    const reply = manager().get(server.url);
    const said = await reply.text().catch((error: NetworkError) => `${error.code}: ${error.message}`);
    expect(said).toMatch(expected);
  });
});

describe('a server that changes its certificate between connections', () => {
  const PAST = {
    notBefore: new Date(Date.now() - 7 * 86_400_000),
    notAfter: new Date(Date.now() - 86_400_000),
  };

  test.each(VERSIONS)('is judged by each that it shows, over %s', async (version) => {
    const server = https.createServer({ ...authority.issue(), maxVersion: version }, (_, response) => {
      response.setHeader('connection', 'close').end('in');
    });
    server.on('tlsClientError', () => {});
    await cleanup.listen(server);
    const change = (identity: https.ServerOptions): void => {
      server.setSecureContext({ ...identity, maxVersion: version });
      server.setTicketKeys(randomBytes(48));
    };
    const caller = manager();
    const shown: string[] = [];
    caller.on('encrypted', ({ sslConfiguration }) => {
      shown.push(sslConfiguration!.peerCertificateChain[0]!.fingerprint256);
    });
    const ask = (): Promise<string> =>
      caller
        .get(`https://localhost:${portOf(server)}/`)
        .text()
        .catch(({ code }: NetworkError) => code);
    expect([await ask(), await ask()]).toEqual(['in', 'in']);
    change(authority.issue(PAST));
    expect(await ask()).toBe('ssl-handshake-failed');
    change(stranger.issue());
    expect(await ask()).toBe('ssl-handshake-failed');
    change(authority.issue());
    expect(await ask()).toBe('in');
    // The first two are one; a resumed session tells the certificate that it began with.
    expect(new Set(shown).size).toBe(2);
    expect(shown.length).toBe(3);
  });
});
