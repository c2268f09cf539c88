import { NetworkError, type NetworkErrorCode } from '../error.ts';
import { drain } from '../pipeline/drain.ts';
import type { HttpResponse, Stage } from '../pipeline/stage.ts';
import type { ParsedUrl } from '../util/url.ts';
import { planRedirect } from './plan.ts';

/**
 * Follows redirects: the outermost loop, so that everything below it sees every hop. A hop has given its slot back before
 * the application is asked and before the next hop begins.
 *
 * @param upgrade what HSTS makes of a URL; the identity where there is none
 */
export function redirectStage(upgrade: (url: ParsedUrl) => ParsedUrl): Stage {
  return {
    name: 'redirect',
    async handle(first, next, exchange) {
      let request = first;
      for (let followed = 0; ; followed++) {
        const response = await next(request, exchange);
        const { url, status, reason, headers } = response;
        const plan = planRedirect({
          request: { ...request, url },
          status,
          location: headers.getAll('location'),
          followed,
          upgrade,
        });
        if (plan.kind === 'deliver') return response;

        exchange.emit({ type: 'hop', hop: { url: url.href, status, reason, headers } });
        if (plan.kind === 'error') {
          const error = failure(plan.code, plan.reason, response);
          response.body.cancel(error);
          throw error;
        }
        await drain(response.body, exchange);
        const target = plan.request.url.href;
        if (!plan.ask) exchange.emit({ type: 'redirected', target });
        else if (!(await exchange.ask({ type: 'redirect', target, status, headers })).allowed) {
          throw failure('operation-canceled', 'the redirect was not allowed', response);
        }
        // Listeners may have aborted.
        exchange.throwIfCancelled();
        request = plan.request;
      }
    },
  };
}

function failure(code: NetworkErrorCode, message: string, response: HttpResponse): NetworkError {
  const { url, status, headers } = response;
  return new NetworkError(code, message, { url: url.href, status, headers: [...headers] });
}
