import * as tls from 'node:tls';
import { beforeEach, describe, expect, test } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import type { TlsOptions } from '../../src/options/tls-options.ts';
import { failureOf, until } from '../suites/transport/harness.ts';
import { CertificateAuthority } from '../support/certificate.ts';
import { Cleanup, portOf } from '../support/listening.ts';
import { roundTrips } from '../support/round-trips.ts';
import { getOver, sendOver } from '../support/wire.ts';

const cleanup = new Cleanup();
let transport: SocketTransport;

beforeEach(() => {
  transport = new SocketTransport();
  cleanup.add(() => transport.close());
});

describe('TLS', () => {
  const authority = new CertificateAuthority();
  const identity = authority.issue({ names: ['localhost', '127.0.0.1', 'other.test'] });
  let server: tls.Server;
  let accepted: tls.TLSSocket[];
  let resumed: (boolean | null)[];

  beforeEach(async () => {
    accepted = [];
    resumed = [];
    server = tls.createServer({ ...identity, ALPNProtocols: ['http/1.1'] }, (socket) => {
      accepted.push(socket);
      resumed.push(socket.isSessionReused());
      socket.on('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'));
    });
    await cleanup.listen(server);
  });

  const get = (host: string, options: TlsOptions = {}) =>
    getOver(transport, `https://${host}:${portOf(server)}/`, {
      tls: { ca: authority.certificate, ...options },
    });

  test.each<[string, string, TlsOptions, string | false]>([
    ['the host of the URL', 'localhost', {}, 'localhost'],
    ['`tls.servername` in its place', 'localhost', { servername: 'other.test' }, 'other.test'],
    ['a name without the dot of the root', 'localhost', { servername: 'other.test.' }, 'other.test'],
    ['no name for an address', '127.0.0.1', {}, false],
    ['no name for an address in `tls.servername`', 'localhost', { servername: '127.0.0.1' }, false],
  ])('sends and verifies %s', async (_name, host, options, expected) => {
    expect((await get(host, options)).response.security).not.toBeNull();
    expect(accepted[0]!.servername).toBe(expected);
  });

  test.each<[string, TlsOptions]>([
    ['another name', { servername: 'third.test' }],
    ['another address', { servername: '127.0.0.2' }],
    ['another authority', { ca: new CertificateAuthority().certificate }],
    ['no common version', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2', ciphers: 'PSK' }],
    ['a name that cannot be looked for, with a certificate of ours', { servername: 'a\0b', ...identity }],
    ['material that is none', { ca: 'none', cert: 'none', key: 'none' }],
  ])('fails for %s', async (_name, options) => {
    await expect(get('localhost', options)).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
  });

  test('does not listen to NODE_TLS_REJECT_UNAUTHORIZED', async () => {
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const failed = getOver(transport, `https://localhost:${portOf(server)}/`);
      await expect(failed).rejects.toMatchObject({ code: 'ssl-handshake-failed' });
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  test('resumes the session of an earlier connection', async () => {
    await get('localhost');
    transport.clearConnections();
    await get('localhost');
    expect(resumed).toEqual([false, true]);
  });

  test('does not resume a session under other material', async () => {
    await get('localhost');
    await get('localhost', { minVersion: 'TLSv1.3' });
    expect(resumed).toEqual([false, false]);
  });

  test('times its phases in order', async () => {
    const { timings } = (await get('localhost')).exchange;
    const { created, lookupEnd, connectEnd, secureConnectEnd, requestSent, responseStart } = timings;
    const phases = [created, lookupEnd, connectEnd, secureConnectEnd, requestSent, responseStart];
    expect(phases).toEqual(phases.toSorted((a, b) => a - b));
    expect(phases.every((time) => time > 0)).toBe(true);
  });

  test('sends no byte while the application looks at the connection, and none after it said no', async () => {
    let received = '';
    server.on('secureConnection', (socket) => socket.on('data', (bytes) => (received += bytes)));
    let answer = (_answer: unknown): void => {};
    const asked = new Promise((resolve) => {
      answer = resolve;
    });
    const sent = sendOver(
      transport,
      { url: `https://localhost:${portOf(server)}/`, options: { tls: { ca: authority.certificate } } },
      { ask: () => asked },
    );
    await until(() => accepted.length === 1);
    const closed = new Promise((resolve) => accepted[0]!.once('close', resolve));
    answer({ allowed: false });
    expect((await failureOf(sent)).code).toBe('operation-canceled');
    await closed;
    expect(received).toBe('');
  });
});

test.each<[string, string, Uint8Array]>([
  ['answers', 'http/1.1', Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned')],
  ['sends more than HTTP/2 has to say', 'h2', new Uint8Array(1024 * 1024)],
])('a peer that %s before it was asked is refused', async (_name, protocol, bytes) => {
  const authority = new CertificateAuthority();
  const server = tls.createServer({ ...authority.issue(), ALPNProtocols: [protocol] }, (socket) => {
    socket.write(bytes);
  });
  await cleanup.listen(server);
  const closed = new Promise((resolve) => {
    server.on('secureConnection', (socket) => socket.once('close', resolve));
  });
  const sent = sendOver(
    transport,
    { url: `https://127.0.0.1:${portOf(server)}/`, options: { tls: { ca: authority.certificate } } },
    {
      ask: async () => {
        await roundTrips();
        return { allowed: true };
      },
    },
  );
  expect((await failureOf(sent)).code).toBe('protocol-failure');
  await closed;
});
