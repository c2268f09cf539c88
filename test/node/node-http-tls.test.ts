import { createSecureContext } from 'node:tls';
import { describe, expect, test } from 'vitest';
import type { RequestOptions } from '../../src/options/options.ts';
import { failureOf, GIVEN_UP, until } from '../suites/transport/harness.ts';
import { CertificateAuthority, type Identity } from '../support/certificate.ts';
import { nodeHttpBench, textOf } from '../support/node-http-bench.ts';
import { startRawServer } from '../support/raw-server.ts';
import { startServer } from '../support/server.ts';

const { open, transportWith, send } = nodeHttpBench();

describe('names and certificates', () => {
  test.each([
    ['ENOTFOUND', 'host-not-found'],
    ['EAI_AGAIN', 'temporary-network-failure'],
  ])('a resolver that says %s', async (code, expected) => {
    const transport = await transportWith({
      lookup: (hostname, _options, callback) => {
        callback(Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), { code }), '', 4);
      },
    });
    const error = await failureOf(send(transport, 'http://host.test/'));
    expect(error.code).toBe(expected);
    expect(error.message).toContain(`getaddrinfo ${code} host.test`);
  });

  const authority = new CertificateAuthority();
  type Tls = RequestOptions['tls'];
  test.each<[string, Identity, Tls, RegExp | null]>([
    ['trusted', authority.issue(), { ca: authority.certificate }, null],
    ['trusted, ca as bytes', authority.issue(), { ca: [Buffer.from(authority.certificate)] }, null],
    ['not trusted', authority.issue(), null, /certificate.*UNABLE_TO_VERIFY_LEAF_SIGNATURE/],
    ['expired', authority.issue({ notAfter: new Date(0) }), { ca: authority.certificate }, /expired/],
    [
      'of another host',
      authority.issue({ names: ['a.test'] }),
      { ca: authority.certificate },
      /127\.0\.0\.1 is not in the cert's list/,
    ],
    [
      'of the name that is asked for',
      authority.issue({ names: ['a.test'] }),
      { ca: authority.certificate, servername: 'a.test' },
      null,
    ],
    [
      'verified with unusable material',
      authority.issue(),
      { cert: 'nonsense', key: 'nonsense' },
      /PEM|key|start line/i,
    ],
  ])('a certificate that is %s', async (_name, identity, tls, failure) => {
    const server = await open(startServer({ identity }));
    const sent = send(await transportWith(), `${server.origin}/hello`, { options: { tls } });
    if (failure === null) {
      expect(await textOf(sent)).toBe('hello');
    } else {
      const error = await failureOf(sent);
      expect([error.code, error.message]).toEqual(['ssl-handshake-failed', expect.stringMatching(failure)]);
    }
  });

  const fails = (): never => {
    throw new Error('the key store is shut');
  };
  const { cert } = authority.issue();
  test.each<[string, NonNullable<Tls>, string, RegExp]>([
    [
      'that fails',
      { cert: fails, key: 'k' },
      'ssl-handshake-failed',
      /cannot be used: the key store is shut/,
    ],
    [
      'with another key',
      { cert, key: () => authority.issue().key },
      'ssl-handshake-failed',
      /'tls\.key': it is not/,
    ],
    ['of HTTP/2 alone', { ALPNProtocols: ['h2'] }, 'protocol-invalid-operation', /tls\.ALPNProtocols/],
  ])('material %s ends the request', async (_name, tls, code, words) => {
    const server = await open(startServer({ identity: authority.issue() }));
    const options = { tls: { ca: authority.certificate, ...tls } };
    const error = await failureOf(send(await transportWith(), `${server.origin}/hello`, { options }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
  });

  test('a connection that was verified one way is not used for a request that wants another', async () => {
    const server = await open(startServer({ identity: authority.issue() }));
    const transport = await transportWith();
    const url = `${server.origin}/hello`;
    await textOf(send(transport, url, { options: { tls: { ca: authority.certificate } } }));
    expect((await failureOf(send(transport, url))).code).toBe('ssl-handshake-failed');
  });

  test('the name for SNI comes from the URL, or from the options, never from a Host field', async () => {
    const names: string[] = [];
    const { cert, key } = authority.issue();
    const server = await open(
      startServer({
        identity: {
          cert,
          key,
          SNICallback: (name, callback) => {
            names.push(name);
            callback(null, createSecureContext({ cert, key }));
          },
        },
      }),
    );
    const transport = await transportWith();
    const headers = { Host: 'other.test' };
    const { certificate: ca } = authority;
    const url = `https://localhost:${server.port}/hello`;
    await textOf(send(transport, url, { headers, options: { tls: { ca } } }));
    await failureOf(send(transport, url, { headers, options: { tls: { ca, servername: 'wanted.test' } } }));
    expect(names).toEqual(['localhost', 'wanted.test']);
  });

  test('a handshake that never ends is ended by cancellation', async () => {
    let closed = false;
    const server = await open(
      startRawServer(
        () => {},
        (socket) =>
          socket.on('close', () => {
            closed = true;
          }),
      ),
    );
    const sent = send(await transportWith(), server.origin.replace('http', 'https'));
    await until(() => sent.exchange.timings.connectEnd > 0);
    sent.exchange.cancel(GIVEN_UP);
    await expect(sent.response).rejects.toBe(GIVEN_UP);
    await until(() => closed);
  });
});
