import { execFileSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { acceptTls } from '../../../platform/node/check-tls.ts';
import { systemCertificates } from '../../../platform/node/dial/trusted-lists.ts';
import { judgeTls } from '../../../platform/node/judge-tls.ts';
import type { TlsOptions } from '../../../src/options/tls-options.ts';
import { CertificateAuthority, type Identity } from '../../support/certificate.ts';

const DAY = 86_400_000;
const SECRET = 'open sesame';
const authority = new CertificateAuthority('Our authority');
const lastWeek = { notBefore: new Date(Date.now() - 7 * DAY), notAfter: new Date(Date.now() - DAY) };
const own = authority.issue();
const other = authority.issue({ names: ['other.test'] });
const over = authority.issue(lastWeek);
const locked = createPrivateKey(own.key).export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: SECRET,
}) as string;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const pfx = pfxOf(own);

const GOOD: readonly [string, TlsOptions][] = [
  ['nothing', {}],
  ['an authority', { ca: authority.certificate }],
  [
    'authorities in bytes, and lists by their names',
    { ca: [bytes(authority.certificate), 'bundled', 'system'] },
  ],
  ['a server that signs itself, as its own authority', { ca: authority.issue({ selfSigned: true }).cert }],
  [
    'an authority that is over, beside one that is not',
    {
      ca: [new CertificateAuthority('Over', undefined, lastWeek).certificate, authority.certificate],
    },
  ],
  ['a certificate and its key', own],
  ['the same in bytes', { cert: bytes(own.cert), key: bytes(own.key) }],
  ['a locked key with its passphrase', { cert: own.cert, key: locked, passphrase: SECRET }],
  ['what is known later', { cert: () => over.cert, key: () => 'nothing', passphrase: () => SECRET }],
  ['a certificate whose key is known later', { cert: own.cert, key: () => own.key }],
  ['versions', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' }],
  [
    'words of OpenSSL',
    {
      ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256',
      groups: 'X25519:P-256',
      signatureAlgorithms: 'ecdsa_secp256r1_sha256:RSA+SHA256',
    },
  ],
  ...['localhost', 'a_b.test', 'a.test.', 'xn--bcher-kva.test', '127.0.0.1', '::1'].map(
    (servername) => [`the name ${servername}`, { servername }] as [string, TlsOptions],
  ),
  ['protocols and tickets', { ALPNProtocols: ['http/1.1'], sessionTickets: false }],
];

test.each(GOOD)('%s is accepted', (_name, tls) => {
  expect(() => acceptTls(tls)).not.toThrow();
});

const BAD: readonly [string, TlsOptions, string][] = [
  ['text that is no certificate', { ca: 'none' }, "'tls.ca': there is no certificate in it"],
  ['one text of several', { ca: [authority.certificate, ''] }, "'tls.ca': there is no certificate in it"],
  [
    'the certificate of a server',
    { ca: own.cert },
    "'tls.ca': localhost is no authority: expected the certificate of its issuer, Our authority",
  ],
  [
    'an authority that is over',
    { ca: new CertificateAuthority('Over', undefined, lastWeek).certificate },
    "'tls.ca': the certificate of Over has expired on",
  ],
  ['an expired certificate', over, "'tls.cert': the certificate of localhost has expired on"],
  [
    'a certificate that is none',
    { cert: own.key, key: own.key },
    "'tls.cert': there is no certificate in it",
  ],
  ['a certificate without its key', { cert: own.cert }, "'tls.cert': it takes its private key"],
  ['a key without its certificate', { key: own.key }, "'tls.key': it takes its certificate"],
  [
    'the key of another',
    { cert: own.cert, key: other.key },
    "'tls.key': it is not that of the certificate of localhost",
  ],
  [
    'a certificate in place of the key',
    { cert: own.cert, key: own.cert },
    "'tls.key': there is no private key in it",
  ],
  [
    'a broken key',
    { cert: own.cert, key: own.key.replace(/^MI\w{20}/m, 'MIIB') },
    "'tls.key': it cannot be read",
  ],
  ['a locked key alone', { cert: own.cert, key: locked }, "'tls.passphrase': the key is encrypted"],
  [
    'a wrong passphrase',
    { cert: own.cert, key: locked, passphrase: 'x' },
    "'tls.passphrase': it does not open the key",
  ],
  ['an unknown cipher', { ciphers: 'NONE-SUCH' }, "'tls.ciphers': OpenSSL knows nothing"],
  ['an unknown group', { groups: 'P-111' }, "'tls.groups': OpenSSL knows nothing"],
  [
    'an unknown algorithm',
    { signatureAlgorithms: 'rot13' },
    "'tls.signatureAlgorithms': OpenSSL knows nothing",
  ],
  [
    'versions the wrong way round',
    { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.2' },
    "'tls.minVersion': it is above maxVersion",
  ],
  ...['', '.', '.a.test', 'a..test', 'a\0b', 'a b', 'b\u00fccher.test', '[::1]', 'x'.repeat(255)].map(
    (servername) =>
      [`the name ${JSON.stringify(servername)}`, { servername }, "'tls.servername'"] as [
        string,
        TlsOptions,
        string,
      ],
  ),
  ['a protocol that is not spoken', { ALPNProtocols: ['h3'] as never }, "'tls.ALPNProtocols'"],
  ['no protocol at all', { ALPNProtocols: [] }, "'tls.ALPNProtocols'"],
  ['a file that is no PKCS #12', { pfx: bytes('PFX'), passphrase: SECRET }, "'tls.pfx': it cannot be read"],
  ['PKCS #12 beside PEM', { pfx: bytes('PFX'), ...own }, "'tls.pfx': it has certificate and key"],
];

test.each(BAD)('%s is a TypeError that says so', (_name, tls, words) => {
  const accept = (): void => acceptTls(tls);
  expect(accept).toThrow(TypeError);
  expect(accept).toThrow(`option ${words}`);
  // What was refused once is refused again, and nothing of it is told.
  expect(accept).toThrow(words);
  try {
    accept();
  } catch (error) {
    expect(String(error)).not.toMatch(/sesame|PRIVATE KEY/);
  }
});

describe.skipIf(pfx === null)('PKCS #12, made by openssl', () => {
  test('is accepted with its passphrase', () => {
    expect(() => acceptTls({ pfx: pfx!, passphrase: SECRET })).not.toThrow();
  });

  test('is refused with another, and without one', () => {
    expect(() => acceptTls({ pfx: pfx!, passphrase: 'x' })).toThrow(
      "'tls.passphrase': it does not open the pfx",
    );
    expect(() => acceptTls({ pfx: pfx! })).toThrow("'tls.passphrase': it does not open the pfx");
  });

  test('is refused when its certificate is over', () => {
    expect(() => acceptTls({ pfx: pfxOf(over)!, passphrase: SECRET })).toThrow(
      "'tls.pfx': the certificate of localhost has expired",
    );
  });
});

test('a key that is not set is none, though one was known later before', () => {
  expect(() => judgeTls({ cert: own.cert, key: () => own.key })).not.toThrow();
  expect(() => judgeTls({ cert: own.cert, key: undefined } as never)).toThrow('it takes its private key');
});

test('a polluted Object.prototype is no material', () => {
  const polluted = Object.prototype as TlsOptions;
  try {
    Object.assign(Object.prototype, { ca: 'none', ciphers: 'NONE-SUCH', passphrase: 'x', key: 'none' });
    expect(() => judgeTls({ minVersion: 'TLSv1.3' })).not.toThrow();
    expect(() => judgeTls({ cert: other.cert })).toThrow('it takes its private key');
  } finally {
    for (const name of ['ca', 'ciphers', 'passphrase', 'key'] as const)
      delete (polluted as Partial<Record<typeof name, unknown>>)[name];
  }
});

test('what expires is refused from then on, though it was accepted before', () => {
  expect(() => judgeTls(own)).not.toThrow();
  expect(() => judgeTls(own, 'tls.', Date.now() + 91 * DAY)).toThrow('has expired');
});

describe("ca: 'system'", () => {
  const read = (files: Record<string, string>) => (file: string) => {
    if (files[file] === undefined) throw new Error('ENOENT');
    return files[file];
  };
  const linux = { platform: 'linux', bundleOfEnvironment: undefined, system: null };

  test('is what Node tells, where it does', () => {
    const system = (): string[] => ['told'];
    expect(systemCertificates({ ...linux, system, read: read({}) })).toEqual(['told']);
  });

  test.each([
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/ca-bundle.pem',
    '/etc/ssl/cert.pem',
  ])('is else the file %s', (file) => {
    expect(systemCertificates({ ...linux, read: read({ [file]: 'PEM' }) })).toEqual(['PEM']);
  });

  test('is the file of SSL_CERT_FILE and no other, where that is set', () => {
    const sources = { ...linux, bundleOfEnvironment: '/own.pem' };
    const files = { '/own.pem': 'own', '/etc/ssl/cert.pem': 'PEM' };
    expect(systemCertificates({ ...sources, read: read(files) })).toEqual(['own']);
    expect(() => systemCertificates({ ...sources, read: read({ '/etc/ssl/cert.pem': 'PEM' }) })).toThrow(
      '/own.pem',
    );
  });

  test.each(['win32', 'darwin'])('is a TypeError on %s that says what to do', (platform) => {
    const sources = { ...linux, platform, read: read({ '/etc/ssl/cert.pem': 'PEM' }) };
    expect(() => systemCertificates(sources)).toThrow(/22\.15/);
    expect(() => systemCertificates(sources)).toThrow(TypeError);
  });

  test('is a TypeError that names the files where there is none', () => {
    expect(() => systemCertificates({ ...linux, read: read({}) })).toThrow(/ca-certificates\.crt/);
  });
});

/** Null where there is no openssl. */
function pfxOf({ cert, key }: Identity): Uint8Array | null {
  const directory = mkdtempSync(path.join(tmpdir(), 'fairlead-pfx-'));
  try {
    const file = (name: string, text: string): string => {
      writeFileSync(path.join(directory, name), text);
      return path.join(directory, name);
    };
    const out = path.join(directory, 'out.p12');
    const names = ['-in', file('cert.pem', cert), '-inkey', file('key.pem', key), '-out', out];
    execFileSync('openssl', ['pkcs12', '-export', ...names, '-passout', `pass:${SECRET}`], {
      stdio: 'ignore',
    });
    return Uint8Array.from(readFileSync(out));
  } catch {
    return null;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
