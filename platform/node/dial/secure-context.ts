import type { SecureContext, SecureContextOptions } from 'node:tls';
import type { TlsOptions } from '../../../src/options/tls-options.ts';
import { nodeOptions } from '../node-options.ts';
import { authoritiesOf } from './trusted-lists.ts';

/** TLS material as Node wants to hear it. It has none that depends on the host any more. */
export function contextOptions(tls: TlsOptions): SecureContextOptions {
  // Own properties only.
  const own = Object.assign(Object.create(null), tls) as TlsOptions & SecureContextOptions;
  const { ca, groups, signatureAlgorithms, ciphers, sessionTickets } = own;
  const { cert, key, pfx, passphrase, minVersion, maxVersion } = own;
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
 * The same for a peer that may be known by a key in place of a certificate. What is not in the application's own list of
 * ciphers is not spoken all the same.
 */
export function preSharedKeyContext(tls: TlsOptions): SecureContext {
  const own = contextOptions(tls);
  const others = own.ciphers ?? process.getBuiltinModule('node:tls').DEFAULT_CIPHERS;
  const ciphers = tls.ciphers ?? `${KEY_CIPHERS}:${others.replace(/:!PSK\b/, '')}`;
  return process.getBuiltinModule('node:tls').createSecureContext(Object.assign(own, { ciphers }));
}

/** Of TLS 1.2, those with a secret that is new for each connection first; the names that an engine has not it passes over. */
const KEY_CIPHERS = `ECDHE-PSK-CHACHA20-POLY1305:DHE-PSK-AES256-GCM-SHA384:DHE-PSK-AES128-GCM-SHA256:
  ECDHE-PSK-AES256-CBC-SHA384:ECDHE-PSK-AES128-CBC-SHA256:PSK-AES256-GCM-SHA384:PSK-AES128-GCM-SHA256:
  PSK-CHACHA20-POLY1305:ECDHE-PSK-AES256-CBC-SHA:ECDHE-PSK-AES128-CBC-SHA`.replace(/\s/g, '');

/**
 * Node's own, at OpenSSL's second level of security: a key below 112 bits and a signature with SHA-1 are errors of a
 * certificate. Node does so by itself from 24 on; what is not built on OpenSSL knows no levels.
 */
function strongCiphers(): string | undefined {
  const { DEFAULT_CIPHERS } = process.getBuiltinModule('node:tls');
  const { openssl, electron } = process.versions;
  return openssl?.startsWith('3.') && electron === undefined ? `${DEFAULT_CIPHERS}:@SECLEVEL=2` : undefined;
}
