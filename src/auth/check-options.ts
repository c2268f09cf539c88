import type { AuthenticationScheme, AuthenticationSettings } from '../call/authentication.ts';
import { illTyped } from '../checks/option-errors.ts';
import { originOf, toCredentials } from './credentials.ts';
import type { Scheme } from './scheme.ts';

/** The strongest first; of these a platform speaks those that it lists. */
export const DEFAULT_SCHEMES: readonly AuthenticationScheme[] = [
  'negotiate',
  'ntlm',
  'digest',
  'bearer',
  'basic',
  'socks5',
];

/** `*corp.example` would have evilcorp.example, too, and below a domain no port is compared. */
const HOSTS = /^(?:\*|\*\.[^\s/@*:]+|[^\s/@*]+)$/;

/** @throws TypeError for a scheme that is not spoken here, for what is no origin, and for what are no credentials, unseen */
export function checkAuthenticationOptions(
  { authenticationSchemes, credentials, integratedAuthenticationHosts, transport }: AuthenticationSettings,
  spoken: readonly Scheme[],
): void {
  const names = DEFAULT_SCHEMES.filter((name) => spoken.some((scheme) => scheme.name === name));
  if (authenticationSchemes?.some((name) => !names.includes(name)))
    throw illTyped('', 'authenticationSchemes', `an array of ${names.join(', ')}, which are spoken here`);
  if (integratedAuthenticationHosts.some((host) => !HOSTS.test(host)))
    throw illTyped('', 'integratedAuthenticationHosts', "hosts as 'host', 'host:port', '*.domain' or '*'");
  // What would have no effect is refused.
  if (integratedAuthenticationHosts.length > 0 && !spoken.some((scheme) => scheme.isConnectionBound))
    throw illTyped('', 'integratedAuthenticationHosts', 'no hosts: NTLM and Negotiate are not spoken here');
  if (
    integratedAuthenticationHosts.length > 0 &&
    transport !== null &&
    transport.capabilities.leases !== true
  )
    throw illTyped(
      '',
      'integratedAuthenticationHosts',
      `no hosts: the transport ${transport.capabilities.name} keeps no connection for the rounds of NTLM and Negotiate (capability leases)`,
    );
  if (credentials === null || typeof credentials === 'function') return;
  for (const [url, given] of Object.entries(credentials)) {
    if (originOf(url) === '') throw illTyped('', 'credentials', 'a function, or credentials by origin');
    toCredentials(given);
  }
}
