import { cookieStage } from '../cookies/stage.ts';
import type { Decoders } from '../decoding/decoder.ts';
import { decodingStage } from '../decoding/stage.ts';
import { headersStage } from '../headers/stage.ts';
import { queueStage } from '../queue/stage.ts';
import { platformRedirectStage } from '../redirect/platform-stage.ts';
import { redirectStage } from '../redirect/stage.ts';
import { timeoutStage } from '../timeout/stage.ts';
import type { HttpParts } from './http-parts.ts';
import type { SecurityPart } from './security-part.ts';
import type { Stage } from './stage.ts';

/**
 * THE LIST: what an http or https request walks where the platform hides nothing. Loops outside, rewrites in the middle,
 * the exchange inside, so that everything under a loop sees every hop.
 */
export function httpStages(parts: HttpParts, decoders: Decoders): readonly Stage[] {
  const security = activeSecurity(parts);
  return [
    redirectStage((url) => security?.upgrade(url, parts.options.preloadedTopLevelDomains) ?? url),
    ...securityStages(parts),
    cookieStage,
    headersStage,
    decodingStage(decoders),
    ...cacheStages(parts),
    queueStage(parts.queue),
    timeoutStage,
  ];
}

/** The same list where a fetch stands below it that redirects, keeps cookies and decodes by itself. */
export function fetchStages(parts: HttpParts): readonly Stage[] {
  return [
    ...securityStages(parts),
    platformRedirectStage,
    headersStage,
    ...cacheStages(parts),
    queueStage(parts.queue),
    timeoutStage,
  ];
}

function securityStages(parts: HttpParts): readonly Stage[] {
  const security = activeSecurity(parts);
  return security === null ? [] : [security.upgradeStage, security.noteStage];
}

function activeSecurity({ options }: HttpParts): SecurityPart | null {
  return options.strictTransportSecurityEnabled ? options.strictTransportSecurity : null;
}

function cacheStages({ options }: HttpParts): readonly Stage[] {
  return options.cache === null ? [] : [options.cache.stage];
}
