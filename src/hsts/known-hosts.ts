import type { StrictTransportSecurityPolicy } from '../call/security-part.ts';
import type { StoredValue } from '../storage/key-value-store.ts';
import { recordJudge } from '../storage/record.ts';
import * as z from '../storage/zod.ts';
import { canonicalHost, isIpAddress, isLocalhostName } from '../util/host.ts';
import { type ParsedUrl, withScheme } from '../util/url.ts';

/**
 * The form in which host names are compared (RFC 6797 §9, §10), or null for what cannot have a policy: IP addresses
 * (§8.1.1), `localhost` and the names below it (Fetch: one project's policy must not hold for the others of a developer),
 * and what is no host name.
 */
export function policyHost(host: string): string | null {
  const name = canonicalHost(host);
  return name === null || isIpAddress(name) || isLocalhostName(name) ? null : name;
}

/** Policies that are kept in memory and store. Above it, the host that has gone unused for longest is forgotten. */
export const MAXIMUM_KNOWN_HOSTS = 10_000;

/**
 * The known HSTS hosts by name (RFC 6797 §8.2). All names are in the form that `policyHost` gives. A lookup costs one
 * map access a label, however many hosts are known.
 *
 * The cap is against servers that answer for endless subdomains; that they push others out is limited by keeping what
 * is in use.
 */
export class KnownHosts {
  /** In the order of last use. */
  readonly #policies = new Map<string, StrictTransportSecurityPolicy>();
  readonly #maximum: number;

  constructor(maximum = MAXIMUM_KNOWN_HOSTS) {
    this.#maximum = maximum;
  }

  /** The policy of that very host, expired or not. */
  get(host: string): StrictTransportSecurityPolicy | undefined {
    return this.#policies.get(host);
  }

  /** Adds the policy, or replaces that of the same host. Returns the host that was forgotten for it, or null. */
  set(policy: StrictTransportSecurityPolicy): string | null {
    this.#policies.delete(policy.host);
    this.#policies.set(policy.host, policy);
    if (this.#policies.size <= this.#maximum) return null;
    const [eldest] = this.#policies.keys();
    this.#policies.delete(eldest!);
    return eldest!;
  }

  /** Returns whether there was one. */
  delete(host: string): boolean {
    return this.#policies.delete(host);
  }

  /** The policies that hold. */
  *unexpired(now: number): Iterable<StrictTransportSecurityPolicy> {
    for (const policy of this.#policies.values()) if (policy.expiry > now) yield policy;
  }

  /**
   * Whether http to that host must become https: it is known itself (congruent match), or one of its superdomains is and
   * includes subdomains.
   */
  matches(host: string, now: number): boolean {
    let name = host;
    for (;;) {
      const policy = this.#policies.get(name);
      if (policy !== undefined && policy.expiry > now && (policy.includeSubDomains || name === host)) {
        this.#policies.delete(name);
        this.#policies.set(name, policy);
        return true;
      }
      const dot = name.indexOf('.');
      if (dot < 0) return false;
      name = name.slice(dot + 1);
    }
  }
}

/**
 * The URL to use in place of an http URL of a known host: scheme https, port 80 becomes 443, any other stays
 * (RFC 6797 §8.3 step 5). Another scheme, or a host that is not known, leaves the URL as it is.
 */
export function upgradeUrl(url: ParsedUrl, isKnown: (host: string) => boolean): ParsedUrl {
  if (url.scheme !== 'http' || !isKnown(url.hostname)) return url;
  return withScheme(url, 'https', url.port === 80 ? 443 : url.port);
}

/** What a store keeps of a policy under its host name. */
export function toStored(policy: StrictTransportSecurityPolicy): StoredValue {
  return { expiry: policy.expiry, includeSubDomains: policy.includeSubDomains };
}

const policyFromRecord = recordJudge(() =>
  z.object({ expiry: z.number().check(z.refine(Number.isSafeInteger)), includeSubDomains: z.boolean() }),
);

/** The policy that a store keeps under a host name, or null when it is damaged. */
export function fromStored(host: string, value: StoredValue): StrictTransportSecurityPolicy | null {
  if (policyHost(host) !== host) return null;
  const policy = policyFromRecord(value);
  return policy === null ? null : { host, ...policy };
}
