import { headersStage } from '../headers/stage.ts';
import { queueStage } from '../queue/stage.ts';
import { platformRedirectStage } from '../redirect/platform-stage.ts';
import { asksForMore } from '../transport/asks-for-more.ts';
import type { HttpParts } from './http-parts.ts';
import { lazyStage } from './lazy-stage.ts';
import { loadRare } from './load-rare.ts';
import { cacheStages, securityStages } from './optional-stages.ts';
import type { Rewrite, Stage } from './stage.ts';

/** The list of http.ts where a fetch stands below it that redirects, keeps cookies and decodes by itself. */
export function fetchStages(parts: HttpParts): readonly (Stage | Rewrite)[] {
  const { capabilities, defaults } = parts;
  return [
    {
      name: 'requirements',
      outgoing: (request) =>
        asksForMore(request, defaults, capabilities)
          ? loadRare().then(({ checkRequirements }) => checkRequirements(request, capabilities, defaults))
          : request,
    },
    ...securityStages(parts),
    platformRedirectStage,
    headersStage(parts.options.userAgent),
    ...cacheStages(parts),
    queueStage(parts.queue),
    lazyStage(
      'timeout',
      ({ options }) => options.transferTimeout > 0,
      async () => (await loadRare()).timeoutStage,
    ),
  ];
}
