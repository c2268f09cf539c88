import type { HttpRequest, Stage } from './stage.ts';

/** A stage whose code is loaded with the first request that needs it. All others pass by. */
export function lazyStage(
  name: string,
  isNeeded: (request: HttpRequest) => boolean,
  load: () => Promise<Stage>,
): Stage {
  return {
    name,
    handle: (request, next, exchange) =>
      isNeeded(request)
        ? load().then((stage) => stage.handle(request, next, exchange))
        : next(request, exchange),
  };
}
