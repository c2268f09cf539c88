import {
  type AuthenticationMeans,
  type AuthenticationOptions,
  Authentication as NeutralAuthentication,
} from '../../src/auth/authentication.ts';
import { basicScheme } from '../../src/auth/basic.ts';
import { bearerScheme } from '../../src/auth/bearer.ts';
import { certificateHash } from '../../src/auth/certificate-hash.ts';
import { digestScheme } from '../../src/auth/digest.ts';
import { negotiateScheme } from '../../src/auth/negotiate.ts';
import { ntlmScheme } from '../../src/auth/ntlm/ntlm.ts';
import { socksPasswordScheme } from '../../src/auth/socks-password.ts';
import { systemClock } from '../../src/util/clock.ts';
import { kerberosContext } from './auth/kerberos-context.ts';
import { nodeHashes } from './auth/node-hashes.ts';

const ntlm = ntlmScheme({
  now: () => systemClock.now(),
  random: (bytes) => Uint8Array.from(process.getBuiltinModule('node:crypto').randomBytes(bytes)),
});

const MEANS: AuthenticationMeans = {
  schemes: [ntlm, digestScheme(nodeHashes), bearerScheme, basicScheme, socksPasswordScheme],
  bind: channelBinding,
  canExpect: true,
  negotiate: (contexts = (request) => kerberosContext(request)) => negotiateScheme(contexts),
};

/** The answers to challenges, by what Node has for them. */
export class Authentication extends NeutralAuthentication {
  constructor(options?: AuthenticationOptions) {
    super(options, MEANS);
  }
}

const PREFIX = 'tls-server-end-point:';

/**
 * What a handshake over TLS is bound to, so that nobody in between can pass it on: RFC 5929 §4, of a certificate in DER. null
 * where the signature of the certificate has no hash that is defined for it.
 */
function channelBinding(certificate: Uint8Array): Uint8Array | null {
  const name = certificateHash(certificate);
  if (name === null) return null;
  const { createHash } = process.getBuiltinModule('node:crypto');
  const hash = createHash(name.replace('-', '')).update(certificate).digest();
  return Uint8Array.from(Buffer.concat([Buffer.from(PREFIX, 'latin1'), hash]));
}
