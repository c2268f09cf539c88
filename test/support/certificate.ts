import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/**
 * X.509 certificates made on the spot, for servers that live as long as a test or a demonstration. A small writer of DER
 * (ITU-T X.690) over node:crypto, which has keys and signatures and no way to make a certificate. RFC 5280.
 */

/** A certificate and its key, PEM: what `tls.createServer` takes. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

export interface IssueOptions {
  /** Names and addresses of the server. Default: localhost, 127.0.0.1 and ::1. */
  readonly names?: readonly string[];
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  /** The common name of the subject. Default: the first name. */
  readonly commonName?: string;
  /** Bits of an RSA key. Default: a key of the curve P-256. */
  readonly rsaBits?: number;
  /** What the signature is made with. Default: sha256. */
  readonly hash?: 'sha1';
  /** What it is for. Default: servers. */
  readonly purpose?: 'clients';
  /** It is signed with its own key. */
  readonly selfSigned?: boolean;
  /** That of an authority says of itself that it is none. */
  readonly noAuthority?: boolean;
}

const DAY = 86_400_000;
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** An authority of one's own: trust its `certificate`, and every server that it issues an identity to is trusted. */
export class CertificateAuthority {
  /** PEM, for the `ca` option. */
  readonly certificate: string;
  readonly #name: Uint8Array;
  readonly #keys = newKeys();

  /** @param parent who issues its certificate. Default: itself */
  constructor(commonName = 'Test authority', parent?: CertificateAuthority, validity: IssueOptions = {}) {
    this.#name = distinguishedName(commonName);
    this.certificate = (parent ?? this).#sign(this.#name, this.#keys.publicKey, validity, [
      extension(
        OID.basicConstraints,
        sequence(...(validity.noAuthority === true ? [] : [boolean(true)])),
        'critical',
      ),
      extension(OID.keyUsage, flags(KEY_CERT_SIGN), 'critical'),
      extension(OID.subjectKeyIdentifier, octets(keyIdentifier(this.#keys.publicKey))),
    ]);
  }

  /** A key and a certificate for a server. */
  issue({ names = LOOPBACK, purpose, rsaBits, ...options }: IssueOptions = {}): Identity {
    const keys = newKeys(rsaBits);
    const { publicKey, privateKey } = keys;
    const { commonName = names[0]!, selfSigned = false } = options;
    const subject = distinguishedName(commonName);
    const issuer = selfSigned ? { name: subject, keys } : { name: this.#name, keys: this.#keys };
    const use = purpose === 'clients' ? OID.clientAuthentication : OID.serverAuthentication;
    const alternatives = extension(OID.subjectAlternativeName, sequence(...names.map(generalName)));
    const cert = this.#sign(
      subject,
      publicKey,
      options,
      [
        extension(OID.keyUsage, flags(DIGITAL_SIGNATURE | KEY_ENCIPHERMENT), 'critical'),
        extension(OID.extendedKeyUsage, sequence(objectIdentifier(use))),
        ...(names.length === 0 ? [] : [alternatives]),
        extension(OID.authorityKeyIdentifier, sequence(implicit(0, keyIdentifier(issuer.keys.publicKey)))),
      ],
      issuer,
    );
    return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
  }

  /** RFC 5280 §4.1: Certificate and TBSCertificate. */
  #sign(
    subject: Uint8Array,
    publicKey: KeyObject,
    {
      notBefore = new Date(Date.now() - DAY),
      notAfter = new Date(Date.now() + 90 * DAY),
      hash,
    }: IssueOptions,
    extensions: readonly Uint8Array[],
    issuer = { name: this.#name, keys: this.#keys },
  ): string {
    const algorithm = signatureAlgorithm(issuer.keys.privateKey, hash);
    const toBeSigned = sequence(
      explicit(0, integer(Uint8Array.of(2))),
      integer(serialNumber()),
      algorithm,
      issuer.name,
      sequence(utcTime(notBefore), utcTime(notAfter)),
      subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      explicit(3, sequence(...extensions)),
    );
    const signature = sign(hash ?? 'sha256', toBeSigned, issuer.keys.privateKey);
    return pem(sequence(toBeSigned, algorithm, bitString(signature)));
  }
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha1: '1.2.840.10045.4.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  sha1WithRsa: '1.2.840.113549.1.1.5',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  clientAuthentication: '1.3.6.1.5.5.7.3.2',
} as const;

/** RFC 5280 §4.2.1.3: bits of KeyUsage, the first is the highest. */
const DIGITAL_SIGNATURE = 0x80;
const KEY_ENCIPHERMENT = 0x20;
const KEY_CERT_SIGN = 0x04;

function newKeys(rsaBits?: number): { publicKey: KeyObject; privateKey: KeyObject } {
  return rsaBits === undefined
    ? generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    : generateKeyPairSync('rsa', { modulusLength: rsaBits });
}

/** AlgorithmIdentifier; that of RSA has parameters, which are NULL (RFC 4055 §5). */
function signatureAlgorithm({ asymmetricKeyType }: KeyObject, hash: 'sha1' | undefined): Uint8Array {
  if (asymmetricKeyType !== 'rsa')
    return sequence(objectIdentifier(hash === 'sha1' ? OID.ecdsaWithSha1 : OID.ecdsaWithSha256));
  const identifier = objectIdentifier(hash === 'sha1' ? OID.sha1WithRsa : OID.sha256WithRsa);
  return sequence(identifier, tagged(0x05));
}

/** 127 random bits: positive, and never the same under one authority. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0]! &= 0x7f;
  bytes[0]! |= 0x40;
  return bytes;
}

/** RFC 5280 §4.2.1.2, method (1), over the whole SubjectPublicKeyInfo: any unique value will do. */
function keyIdentifier(publicKey: KeyObject): Uint8Array {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function distinguishedName(commonName: string): Uint8Array {
  return sequence(set(sequence(objectIdentifier(OID.commonName), tagged(0x0c, Buffer.from(commonName)))));
}

function extension(id: string, value: Uint8Array, critical?: 'critical'): Uint8Array {
  const flag = critical === undefined ? [] : [boolean(true)];
  return sequence(objectIdentifier(id), ...flag, octets(value));
}

/** RFC 5280 §4.2.1.6: dNSName [2] or iPAddress [7]. */
function generalName(name: string): Uint8Array {
  return isIP(name) === 0 ? implicit(2, Buffer.from(name)) : implicit(7, addressBytes(name));
}

function addressBytes(address: string): Uint8Array {
  if (isIP(address) === 4) return Uint8Array.from(address.split('.'), Number);
  const [head = '', tail] = address.split('::');
  const groups = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((hex) => Number.parseInt(hex, 16));
  const before = groups(head);
  const after = groups(tail ?? '');
  const all = [...before, ...new Array<number>(8 - before.length - after.length).fill(0), ...after];
  return Uint8Array.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

function tagged(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(content);
  return Buffer.concat([Uint8Array.of(tag, ...lengthBytes(body.length)), body]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

/** Decimal arcs to base 128; the first two share a byte. */
function objectIdentifier(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = [arc & 0x7f];
    for (let high = arc >>> 7; high > 0; high >>>= 7) digits.unshift(0x80 | (high & 0x7f));
    bytes.push(...digits);
  }
  return tagged(0x06, Uint8Array.from(bytes));
}

/** `YYMMDDHHMMSSZ`; until 2049 (RFC 5280 §4.1.2.5). */
function utcTime(date: Date): Uint8Array {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

/** A BIT STRING of named bits has no trailing zeros (X.690 §11.2.2). */
function flags(byte: number): Uint8Array {
  return bitString(Uint8Array.of(byte), Math.log2(byte & -byte));
}

function pem(der: Uint8Array): string {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)!;
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

const sequence = (...items: readonly Uint8Array[]): Uint8Array => tagged(0x30, ...items);
const set = (...items: readonly Uint8Array[]): Uint8Array => tagged(0x31, ...items);
const boolean = (value: boolean): Uint8Array => tagged(0x01, Uint8Array.of(value ? 0xff : 0));
const integer = (bytes: Uint8Array): Uint8Array => tagged(0x02, bytes);
const octets = (bytes: Uint8Array): Uint8Array => tagged(0x04, bytes);
const bitString = (bytes: Uint8Array, unused = 0): Uint8Array => tagged(0x03, Uint8Array.of(unused), bytes);
const implicit = (number: number, bytes: Uint8Array): Uint8Array => tagged(0x80 | number, bytes);
const explicit = (number: number, value: Uint8Array): Uint8Array => tagged(0xa0 | number, value);
