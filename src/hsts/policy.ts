import type { StrictTransportSecurityPolicy } from '../call/security-part.ts';
import { canonicalHost, isIpAddress } from '../util/host.ts';
import { isLocalhostName } from '../util/loopback.ts';

export type { StrictTransportSecurityPolicy };

/**
 * The form in which host names are compared (RFC 6797 §9, §10), or null for what cannot have a policy: IP addresses
 * (§8.1.1), `localhost` and the names below it (Fetch: one project's policy must not hold for the others of a developer),
 * and what is no host name.
 */
export function policyHost(host: string): string | null {
  const name = canonicalHost(host);
  return name === null || isIpAddress(name) || isLocalhostName(name) ? null : name;
}
