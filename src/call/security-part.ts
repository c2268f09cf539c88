import { NetworkError } from '../error.ts';
import type { FaultListener } from '../storage/key-value-store.ts';
import type { ParsedUrl } from '../util/url.ts';
import type { ManagerSettings } from './parts.ts';
import type { Rewrite } from './stage.ts';

/** What a known HSTS host wants. Qt: `QHstsPolicy`. */
export interface StrictTransportSecurityPolicy {
  /** Host name, in any spelling; stored as lower-case A-labels without a trailing dot. */
  readonly host: string;
  /** Epoch milliseconds from which the policy no longer holds. */
  readonly expiry: number;
  /** The policy holds for all subdomains too. */
  readonly includeSubDomains: boolean;
}

/** A store that {@link SecurityPart.enableStoreIn} has opened. */
export interface EnabledStore {
  /** Resolves when its content has been loaded. */
  readonly ready: Promise<void>;
  /** Writes what is pending and closes it, whether or not it is still in use. */
  leave(): Promise<void>;
}

/** What the manager asks of the part that knows HSTS hosts; it brings its two stages. */
export interface SecurityPart {
  /**
   * Makes https of http for hosts that are known.
   * @param preloadedTopLevelDomains all of whose hosts count as known
   */
  upgradeStage(preloadedTopLevelDomains: readonly string[]): Rewrite;
  /** Takes note of Strict-Transport-Security fields, over trusted TLS alone. */
  readonly learnStage: Rewrite;
  /** Settles when the store has been loaded; null when nothing is loading. Does not reject. */
  readonly ready: Promise<void> | null;
  /** The URL that is used in place of this one. All hosts of a preloaded top-level domain count as known. */
  upgrade(url: ParsedUrl, preloadedTopLevelDomains: readonly string[]): ParsedUrl;
  /** Adds policies; one that has expired removes its host. */
  addHosts(policies: Iterable<StrictTransportSecurityPolicy>): void;
  /** All policies that hold now, as copies. */
  hosts(): StrictTransportSecurityPolicy[];
  /** Hosts are kept beyond the process. */
  readonly storeEnabled: boolean;
  /**
   * Keeps the hosts in the platform's store.
   * @param directory where that is, instead of the usual place
   */
  enableStoreIn(directory: string | undefined, onFault: FaultListener): EnabledStore;
  /** Writes what is pending and keeps hosts in memory alone from then on. */
  disableStore(): Promise<void>;
  /** Resolves when what is known is stored, or the fault was reported. */
  flush(): Promise<void>;
}

/** @throws NetworkError where the platform has none, and none is set */
export function securityOf({ strictTransportSecurity: part }: ManagerSettings): SecurityPart {
  if (part !== null) return part;
  const capability = 'strictTransportSecurity';
  const message = `the platform keeps HSTS to itself: set ${capability}`;
  throw new NetworkError('protocol-invalid-operation', message, { capability });
}
