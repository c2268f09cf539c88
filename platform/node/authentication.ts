import {
  type AuthenticationMeans,
  type AuthenticationOptions,
  Authentication as NeutralAuthentication,
} from '../../src/auth/authentication.ts';
import { basicScheme } from '../../src/auth/basic.ts';
import { bearerScheme } from '../../src/auth/bearer.ts';
import { digestScheme } from '../../src/auth/digest.ts';
import { negotiateScheme } from '../../src/auth/negotiate.ts';
import { ntlmScheme } from '../../src/auth/ntlm/ntlm.ts';
import { socksPasswordScheme } from '../../src/auth/socks-password.ts';
import { systemClock } from '../../src/util/clock.ts';
import { channelBinding } from './auth/channel-binding.ts';
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
