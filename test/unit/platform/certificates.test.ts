import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { isCertificateFor } from '../../../platform/node/dial/certificates.ts';
import { CertificateAuthority } from '../../support/certificate.ts';

const authority = new CertificateAuthority();

test.each<[alternative: string, name: string, isFor: boolean]>([
  ['a.test', 'a.test', true],
  ['a.test', 'A.TEST', true],
  ['a.test', 'b.test', false],
  ['a.test', 'x.a.test', false],
  ['localhost', 'localhost', true],
  // `*` is one whole label, the first one.
  ['*.a.test', 'x.a.test', true],
  ['*.a.test', 'X.A.TEST', true],
  ['*.a.test', 'x_y.a.test', true],
  ['*.a.test', 'x.y.a.test', false],
  ['*.a.test', 'a.test', false],
  ['x*.a.test', 'xy.a.test', false],
  ['a.*.test', 'a.b.test', false],
  ['*.*.test', 'a.b.test', false],
  // It is never the one below a top level, nor a whole name.
  ['*.test', 'a.test', false],
  ['*.localhost', 'a.localhost', false],
  ['*', 'localhost', false],
  ['*', 'a.b.test', false],
  // Internationalized names are compared as A-labels.
  ['xn--bcher-kva.test', 'xn--bcher-kva.test', true],
  ['*.a.test', 'xn--bcher-kva.a.test', true],
  ['*.xn--bcher-kva.test', 'x.xn--bcher-kva.test', true],
  ['xn--*.a.test', 'xn--bcher-kva.a.test', false],
  // A star in a host is a letter like others.
  ['*.a.test', '*.a.test', true],
  ['x.a.test', '*.a.test', false],
  ['*.*.test', '*.b.test', false],
  // An empty label is in no name: dialers take the dot of the root away first.
  ['a.test', 'a.test.', false],
  ['a.test.', 'a.test', false],
  ['*.a.test', 'x.a.test.', false],
  ['*.test.', 'a.test.', false],
  ['*.a.test', '.a.test', false],
  ['y.x.a.test', '.a.test', false],
  ['*.a.test', 'x..a.test', false],
  ['a.test', '', false],
  // Addresses are looked for among addresses.
  ['127.0.0.1', '127.0.0.1', true],
  ['127.0.0.1', '127.0.0.2', false],
  ['::1', '::1', true],
  ['*.0.0.1', '127.0.0.1', false],
])('a certificate for %j is one for %j: %j', (alternative, name, isFor) => {
  const certificate = new X509Certificate(authority.issue({ names: [alternative] }).cert);
  expect(isCertificateFor(certificate, name)).toBe(isFor);
});

test('the subject is no name', () => {
  const { cert } = authority.issue({ names: [], commonName: 'a.test' });
  expect(isCertificateFor(new X509Certificate(cert), 'a.test')).toBe(false);
});
