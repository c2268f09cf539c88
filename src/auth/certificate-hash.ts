/** A hash of the SHA families, as Node and Web Crypto name it. */
export type CertificateHash = 'SHA-224' | 'SHA-256' | 'SHA-384' | 'SHA-512';

const SEQUENCE = 0x30;
const OBJECT_IDENTIFIER = 0x06;
/** RSASSA-PSS, whose hash is a parameter (RFC 4055 §3.1). */
const RSA_PSS = '2a864886f70d01010a';

/**
 * The hash by which a certificate is named in a TLS channel binding of the type tls-server-end-point (RFC 5929 §4.1): that
 * of the signature, SHA-256 where it is MD5 or SHA-1. Read from the DER, since Node before 24 does not tell it. null: the
 * signature has no hash of its own (Ed25519), or none that is known, and the binding is not defined.
 */
export function certificateHash(der: Uint8Array): CertificateHash | null {
  const certificate = elementAt(der, 0);
  if (certificate?.tag !== SEQUENCE) return null;
  const signed = elementAt(der, certificate.start);
  const algorithm = signed === null ? null : elementAt(der, signed.end);
  return algorithm === null ? null : hashOfAlgorithm(der, algorithm);
}

function hashOfAlgorithm(der: Uint8Array, algorithm: Element): CertificateHash | null {
  if (algorithm.tag !== SEQUENCE) return null;
  const identifier = elementAt(der, algorithm.start);
  if (identifier?.tag !== OBJECT_IDENTIFIER) return null;
  const name = hex(der, identifier);
  return name === RSA_PSS ? hashOfPss(der, identifier.end, algorithm.end) : (HASHES.get(name) ?? null);
}

/** `[0] hashAlgorithm`, SHA-1 where it is left out. */
function hashOfPss(der: Uint8Array, start: number, end: number): CertificateHash | null {
  const parameters = start < end ? elementAt(der, start) : null;
  if (parameters === null || parameters.start === parameters.end) return 'SHA-256';
  const first = elementAt(der, parameters.start);
  if (first === null) return null;
  if (first.tag !== 0xa0) return 'SHA-256';
  const algorithm = elementAt(der, first.start);
  const identifier = algorithm === null ? null : elementAt(der, algorithm.start);
  return identifier === null ? null : (HASHES.get(hex(der, identifier)) ?? null);
}

/** Object identifiers in hexadecimal: of signatures with RSA, ECDSA and DSA, and of the hashes themselves. */
const HASHES: ReadonlyMap<string, CertificateHash> = new Map([
  // PKCS #1: md2, md4, md5 and sha1 are weak: RFC 5929 has SHA-256 in their place.
  ['2a864886f70d010104', 'SHA-256'],
  ['2a864886f70d010105', 'SHA-256'],
  ['2a864886f70d01010e', 'SHA-224'],
  ['2a864886f70d01010b', 'SHA-256'],
  ['2a864886f70d01010c', 'SHA-384'],
  ['2a864886f70d01010d', 'SHA-512'],
  // ANSI X9.62.
  ['2a8648ce3d0401', 'SHA-256'],
  ['2a8648ce3d040301', 'SHA-224'],
  ['2a8648ce3d040302', 'SHA-256'],
  ['2a8648ce3d040303', 'SHA-384'],
  ['2a8648ce3d040304', 'SHA-512'],
  // DSA.
  ['2a8648ce380403', 'SHA-256'],
  ['608648016503040301', 'SHA-224'],
  ['608648016503040302', 'SHA-256'],
  ['608648016503040303', 'SHA-384'],
  ['608648016503040304', 'SHA-512'],
  // Hashes, as parameters.
  ['2b0e03021a', 'SHA-256'],
  ['608648016503040204', 'SHA-224'],
  ['608648016503040201', 'SHA-256'],
  ['608648016503040202', 'SHA-384'],
  ['608648016503040203', 'SHA-512'],
]);

interface Element {
  readonly tag: number;
  /** Of its content. */
  readonly start: number;
  /** Behind it. */
  readonly end: number;
}

/** An element of DER (X.690), or null where there is none whole. */
function elementAt(der: Uint8Array, at: number): Element | null {
  const tag = der[at];
  const first = der[at + 1];
  if (tag === undefined || first === undefined) return null;
  if (first < 0x80) return within(der, tag, at + 2, first);
  const size = first & 0x7f;
  if (size === 0 || size > 4 || at + 2 + size > der.length) return null;
  let length = 0;
  for (const byte of der.subarray(at + 2, at + 2 + size)) length = length * 256 + byte;
  return within(der, tag, at + 2 + size, length);
}

function within(der: Uint8Array, tag: number, start: number, length: number): Element | null {
  const end = start + length;
  return end > der.length ? null : { tag, start, end };
}

function hex(der: Uint8Array, { start, end }: Element): string {
  let text = '';
  for (const byte of der.subarray(start, end)) text += byte.toString(16).padStart(2, '0');
  return text;
}
