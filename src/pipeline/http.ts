import { cookieNoteStage, cookieStage } from '../cookies/stage.ts';
import type { Decoders } from '../decoding/decoder.ts';
import { decodingStage } from '../decoding/stage.ts';
import { headersStage } from '../headers/stage.ts';
import type { RequestQueue } from '../queue/request-queue.ts';
import { queueStage } from '../queue/stage.ts';
import { platformRedirectStage } from '../redirect/platform-stage.ts';
import { redirectStage } from '../redirect/stage.ts';
import { timeoutStage } from '../timeout/stage.ts';
import { requirementsStage } from '../transport/requirements-stage.ts';
import type { HttpParts } from './http-parts.ts';
import { activeSecurity, cacheStages, noteStages, upgradeStages } from './optional-stages.ts';
import type { Rewrite, Stage } from './stage.ts';

/**
 * THE LIST: what an http or https request walks where the platform hides nothing. Loops outside, rewrites in the middle,
 * the exchange inside, so that everything under a loop sees every hop. What a transport does by itself is left to it.
 */
export function httpStages(
  parts: HttpParts,
  queue: RequestQueue,
  decoders: Decoders,
): readonly (Stage | Rewrite)[] {
  const { options, defaults } = parts;
  const { capabilities } = parts.transport;
  const security = activeSecurity(parts);
  return [
    requirementsStage(capabilities, defaults),
    ...(capabilities.redirects
      ? [redirectStage((url) => security?.upgrade(url, options.preloadedTopLevelDomains) ?? url)]
      : []),
    ...upgradeStages(parts),
    ...(capabilities.redirects ? [] : [platformRedirectStage]),
    ...(capabilities.cookies ? [cookieStage] : []),
    headersStage(options.userAgent),
    ...(capabilities.encodedBodies ? [decodingStage(decoders)] : []),
    ...cacheStages(parts),
    ...noteStages(parts),
    ...(capabilities.cookies ? [cookieNoteStage] : []),
    queueStage(queue),
    timeoutStage,
  ];
}
