import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { TlsOptions } from '../../../src/options/tls-options.ts';
import { nodeOptions } from '../node-options.ts';
import { authoritiesOf } from './trusted-lists.ts';

/** TLS material as Node wants to hear it. It has none that depends on the host any more. */
export function contextOptions(tls: TlsOptions): SecureContextOptions {
  const { ca, groups, signatureAlgorithms, ciphers, sessionTickets } = tls;
  const { cert, key, pfx, passphrase, minVersion, maxVersion } = tls as SecureContextOptions;
  const { constants } = process.getBuiltinModule('node:crypto');
  return nodeOptions('secureContext', {
    ...{ cert, key, pfx, passphrase, minVersion, maxVersion },
    ciphers: ciphers ?? strongCiphers(),
    ca: ca === undefined ? undefined : [...authoritiesOf(ca)],
    ecdhCurve: groups,
    sigalgs: signatureAlgorithms,
    secureOptions: sessionTickets === false ? constants.SSL_OP_NO_TICKET : undefined,
  } as SecureContextOptions);
}

/** @throws Error of Node when the material cannot be used */
export function secureContext(tls: TlsOptions): SecureContext {
  return process.getBuiltinModule('node:tls').createSecureContext(contextOptions(tls));
}

/**
 * Node's own, at OpenSSL's second level of security: a key below 112 bits and a signature with SHA-1 are errors of a
 * certificate. Node does so by itself from 24 on; what is not built on OpenSSL knows no levels.
 */
function strongCiphers(): string | undefined {
  const { DEFAULT_CIPHERS } = process.getBuiltinModule('node:tls');
  const { openssl, electron } = process.versions;
  return openssl?.startsWith('3.') && electron === undefined ? `${DEFAULT_CIPHERS}:@SECLEVEL=2` : undefined;
}
