import { absentCacheStage } from '../cache/absent-stage.ts';
import { ofTheBackground } from './background-exchange.ts';
import type { HttpParts } from './http-parts.ts';
import type { SecurityPart } from './security-part.ts';
import type { Rewrite, Stage } from './stage.ts';

/** The stages of HSTS, where it is switched on. */
export function securityStages(parts: HttpParts): readonly Rewrite[] {
  const security = activeSecurity(parts);
  return security === null ? [] : [security.upgradeStage, security.noteStage];
}

/** What knows HSTS hosts, where that is switched on. */
export function activeSecurity({ options }: HttpParts): SecurityPart | null {
  return options.strictTransportSecurityEnabled ? options.strictTransportSecurity : null;
}

/**
 * The stage of the cache that is set. Where neither the application nor the platform has a cache, the stage that says
 * so.
 * @param above rules that stand above it, and take note of the responses to requests of its own, too
 */
export function cacheStages(
  { options, transport }: HttpParts,
  above: readonly Rewrite[],
): readonly (Stage | Rewrite)[] {
  if (options.cache === null) return transport.capabilities.platformCache ? [] : [absentCacheStage];
  return [
    options.cache.stage,
    ...above.filter(({ incoming }) => incoming !== undefined).map(ofTheBackground),
  ];
}
