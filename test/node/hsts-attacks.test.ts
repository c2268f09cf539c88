/** Attack checklist C, end to end over TLS and both transports of Node; by number. 30: hsts-persistence. 33: hsts. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CertificateAuthority } from '../support/certificate.ts';
import { LIST_ROUTES, managerOver, NODE_TRANSPORTS } from '../support/list-bench.ts';
import { startRawServer } from '../support/raw-server.ts';
import { startServer, type TestServer } from '../support/server.ts';

const authority = new CertificateAuthority();
const NAMES = ['known.test', '*.known.test', 'xn--bcher-kva.test', 'localhost', '127.0.0.1', '::1'];

let secure: TestServer;
let plain: TestServer;
beforeAll(async () => {
  secure = await startServer({ routes: LIST_ROUTES, identity: authority.issue({ names: NAMES }) });
  plain = await startServer({ routes: LIST_ROUTES });
});
afterAll(() => Promise.all([secure.close(), plain.close()]));

describe.each(NODE_TRANSPORTS)('over %s', (_name, makeTransport) => {
  const manager = managerOver(makeTransport, {
    tls: { ca: authority.certificate },
    strictTransportSecurityEnabled: true,
  });
  const policies = (): string[] =>
    manager()
      .strictTransportSecurityHosts()
      .map(({ host, includeSubDomains }) => (includeSubDomains ? `*.${host}` : host));
  /** Has a server say these fields, one line each. */
  const say = (origin: string, ...values: readonly string[]): Promise<unknown> =>
    manager().get(`${origin}/sts/200?${new URLSearchParams(values.map((value) => ['value', value]))}`)
      .completed;
  const at = (host: string): string => `https://${host}:${secure.port}`;

  describe('27, 28: a host in another spelling is the same host, at the request and at every hop', () => {
    test.each([
      ['mixed case', 'KnOwN.TeSt'],
      ['U+3002', 'known\u3002test'],
      ['U+FF0E', 'known\uff0etest'],
      ['percent-encoded', 'kno%77n.test'],
      ['a percent-encoded dot', 'known%2etest'],
      ['full-width', 'ｋnown.test'],
      ['behind userinfo', 'other.test@known.test'],
      ['a trailing dot', 'known.test.'],
      ['IDN', 'bücher.test'],
      ['IDN in upper case', 'XN--BCHER-KVA.test'],
    ])('%s: %s', async (_how, host) => {
      await say(at('known.test'), 'max-age=60');
      await say(at('xn--bcher-kva.test'), 'max-age=60');
      const spelled = `http://${host}:${secure.port}/hello`;
      const reply = manager().get(spelled);
      expect(await reply.text()).toBe('hello');
      expect(reply.url).toMatch(/^https:/);

      // Raw UTF-8, as servers send it, is a byte a character on its way.
      const location = Buffer.from(spelled).toString('latin1');
      const raw = await startRawServer((socket) => {
        socket.write(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`, 'latin1');
      });
      const redirected = manager().get(`${raw.origin}/`);
      expect(await redirected.text()).toBe('hello');
      expect(redirected.url).toMatch(/^https:/);
      await raw.close();
    });
  });

  test('29: a subdomain neither widens, shortens nor removes its parent’s policy', async () => {
    await say(at('known.test'), 'max-age=60');
    await say(at('a.known.test'), 'max-age=1; includeSubDomains');
    expect(policies().sort()).toEqual(['*.a.known.test', 'known.test']);
    await say(at('a.known.test'), 'max-age=0');
    expect(policies()).toEqual(['known.test']);
  });

  describe('31: what nobody vouches for says nothing', () => {
    test.each([
      ['plain http', () => `http://localhost:${plain.port}`],
      ['plain http of a name', () => `http://known.test:${plain.port}`],
      ['an IPv4 address over TLS', () => secure.origin],
      ['an IPv4 address in another spelling', () => `https://0x7f.1:${secure.port}`],
    ])('%s', async (_who, origin) => {
      await say(origin(), 'max-age=60; includeSubDomains');
      expect(policies()).toEqual([]);
    });

    test('a certificate that is not trusted: no response at all', async () => {
      const stranger = await startServer({
        routes: LIST_ROUTES,
        identity: new CertificateAuthority().issue({ names: NAMES }),
      });
      const url = `https://known.test:${stranger.port}`;
      await expect(say(url, 'max-age=60')).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
      expect(policies()).toEqual([]);
      await stranger.close();
    });
  });

  describe('32: several fields, and fields that are malformed', () => {
    test.each<[string, string[], string[]]>([
      ['the first counts', ['max-age=60', 'max-age=60; includeSubDomains'], ['known.test']],
      ['a later max-age=0 does not remove', ['max-age=60', 'max-age=0'], ['known.test']],
      ['the first that is valid', ['max-age=x', 'max-age=60; includeSubDomains'], ['*.known.test']],
      ['a directive twice', ['max-age=60; max-age=60'], []],
      ['quoted', ['max-age="60" ; includeSubDomains'], ['*.known.test']],
      ['joined by a comma', ['max-age=60, max-age=0'], []],
      ['max-age=0 with subdomains', ['max-age=0; includeSubDomains'], []],
    ])('%s', async (_what, values, expected) => {
      await say(at('known.test'), ...values);
      expect(policies()).toEqual(expected);
    });
  });

  // 34, a TLS error of a known host cannot be ignored: ssl-errors.test.ts.
});
