import { headersStage } from '../headers/stage.ts';
import type { RequestQueue } from '../queue/request-queue.ts';
import { queueStage } from '../queue/stage.ts';
import { platformRedirectStage } from '../redirect/platform-stage.ts';
import { timeoutStage } from '../timeout/stage.ts';
import { requirementsStage } from '../transport/requirements-stage.ts';
import type { HttpParts } from './http-parts.ts';
import { cacheStages, noteStages, upgradeStages } from './optional-stages.ts';
import type { Rewrite, Stage } from './stage.ts';

/** The list of http.ts where a fetch stands below it that redirects, keeps cookies and decodes by itself. */
export function fetchStages(parts: HttpParts, queue: RequestQueue): readonly (Stage | Rewrite)[] {
  return [
    requirementsStage(parts.transport.capabilities, parts.defaults),
    ...upgradeStages(parts),
    platformRedirectStage,
    headersStage(parts.options.userAgent),
    ...cacheStages(parts),
    ...noteStages(parts),
    queueStage(queue),
    timeoutStage,
  ];
}
