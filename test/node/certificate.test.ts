import { X509Certificate } from 'node:crypto';
import * as tls from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { CertificateAuthority, type Identity } from '../support/certificate.ts';

describe('CertificateAuthority', () => {
  const servers: tls.Server[] = [];

  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  test('certificates parse, carry their names and verify against the authority', () => {
    const authority = new CertificateAuthority('Some authority');
    const root = new X509Certificate(authority.certificate);
    const leaf = new X509Certificate(authority.issue({ names: ['a.test', '127.0.0.1', 'fe80::1:2'] }).cert);
    expect(root.ca).toBe(true);
    expect(root.subject).toBe('CN=Some authority');
    expect(root.verify(root.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
    expect(leaf.issuer).toBe('CN=Some authority');
    expect(leaf.subjectAltName).toBe('DNS:a.test, IP Address:127.0.0.1, IP Address:FE80:0:0:0:0:0:1:2');
    expect(leaf.checkIssued(root)).toBe(true);
    expect(leaf.verify(root.publicKey)).toBe(true);
    expect(leaf.serialNumber).not.toBe(root.serialNumber);
  });

  test('validity is what was asked', () => {
    const leaf = new CertificateAuthority().issue({
      notBefore: new Date('2024-02-03T04:05:06Z'),
      notAfter: new Date('2025-02-03T04:05:06Z'),
    });
    const { validFrom, validTo } = new X509Certificate(leaf.cert);
    expect([validFrom, validTo]).toEqual(['Feb  3 04:05:06 2024 GMT', 'Feb  3 04:05:06 2025 GMT']);
  });

  const authority = new CertificateAuthority();
  test.each([
    ['trusted', authority.issue(), authority, 'localhost', 'verified'],
    ['a name of one’s own', authority.issue({ names: ['a.test'] }), authority, 'a.test', 'verified'],
    [
      'another name',
      authority.issue({ names: ['a.test'] }),
      authority,
      'b.test',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'another authority of the same name',
      authority.issue(),
      new CertificateAuthority(),
      'localhost',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    ['expired', authority.issue({ notAfter: new Date(0) }), authority, 'localhost', 'CERT_HAS_EXPIRED'],
  ])('a TLS client judges it: %s', async (_name, identity, trusted, servername, verdict) => {
    expect(await handshake(identity, trusted.certificate, servername)).toBe(verdict);
  });

  async function handshake(identity: Identity, ca: string, servername: string): Promise<string> {
    const server = tls.createServer(identity, (socket) => socket.end()).on('tlsClientError', () => {});
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    return new Promise((resolve) => {
      const socket = tls.connect({ port, host: '127.0.0.1', ca, servername });
      socket
        .on('secureConnect', () => resolve('verified'))
        .on('error', (error) => resolve((error as NodeJS.ErrnoException).code!));
      socket.resume();
    });
  }
});
