import { certificateHash } from '../../../src/auth/certificate-hash.ts';

const PREFIX = 'tls-server-end-point:';

/**
 * What a handshake over TLS is bound to, so that nobody in between can pass it on: RFC 5929 §4, of a certificate in DER. null
 * where the signature of the certificate has no hash that is defined for it.
 */
export function channelBinding(certificate: Uint8Array): Uint8Array | null {
  const name = certificateHash(certificate);
  if (name === null) return null;
  const { createHash } = process.getBuiltinModule('node:crypto');
  const hash = createHash(name.replace('-', '')).update(certificate).digest();
  return Uint8Array.from(Buffer.concat([Buffer.from(PREFIX, 'latin1'), hash]));
}
