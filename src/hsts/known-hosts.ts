import type { StrictTransportSecurityPolicy } from './policy.ts';

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
