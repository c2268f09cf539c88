import { queueStage } from '../queue/stage.ts';
import { timeoutStage } from '../timeout/stage.ts';
import type { HttpParts } from './http-parts.ts';
import type { Stage } from './stage.ts';

/**
 * THE LIST: what an http or https request walks where the platform hides nothing. Loops outside, rewrites in the middle,
 * the exchange inside, so that everything under a loop sees every hop.
 */
export function httpStages(parts: HttpParts): readonly Stage[] {
  return [...innerStages(parts)];
}

/** The part of the list that every platform has. */
export function innerStages(parts: HttpParts): readonly Stage[] {
  const { cache } = parts.options;
  return [...(cache === null ? [] : [cache.stage]), queueStage(parts.queue), timeoutStage];
}
