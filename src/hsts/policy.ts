import type { StrictTransportSecurityPolicy } from '../call/security-part.ts';
import type { StoredValue } from '../storage/key-value-store.ts';
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

/** What a store keeps of a policy under its host name. */
export function toStored(policy: StrictTransportSecurityPolicy): StoredValue {
  return { expiry: policy.expiry, includeSubDomains: policy.includeSubDomains };
}

/** The policy that a store keeps under a host name, or null when it is damaged. */
export function fromStored(host: string, value: StoredValue): StrictTransportSecurityPolicy | null {
  if (typeof value !== 'object' || value === null || policyHost(host) !== host) return null;
  const { expiry, includeSubDomains } = value as { readonly [key: string]: StoredValue };
  if (!Number.isSafeInteger(expiry) || typeof includeSubDomains !== 'boolean') return null;
  return { host, expiry: expiry as number, includeSubDomains };
}
