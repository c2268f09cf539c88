import { absentCacheStage } from '../cache/absent-stage.ts';
import type { HttpParts } from './http-parts.ts';
import type { SecurityPart } from './security-part.ts';
import type { Rewrite, Stage } from './stage.ts';

/** The stage that upgrades the URLs of known HSTS hosts, where HSTS is switched on. */
export function upgradeStages(parts: HttpParts): readonly Rewrite[] {
  const security = activeSecurity(parts);
  return security === null ? [] : [security.upgradeStage];
}

/** The stage that takes note of HSTS hosts, where HSTS is switched on. */
export function noteStages(parts: HttpParts): readonly Rewrite[] {
  const security = activeSecurity(parts);
  return security === null ? [] : [security.noteStage];
}

/** What knows HSTS hosts, where that is switched on. */
export function activeSecurity({ options }: HttpParts): SecurityPart | null {
  return options.strictTransportSecurityEnabled ? options.strictTransportSecurity : null;
}

/** The stage of the cache that is set. Where neither the application nor the platform has a cache, the stage that says so. */
export function cacheStages({ options, transport }: HttpParts): readonly (Stage | Rewrite)[] {
  if (options.cache !== null) return [options.cache.stage];
  return transport.capabilities.platformCache ? [] : [absentCacheStage];
}
