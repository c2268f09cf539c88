import { ask } from '../call/ask.ts';
import type { Call } from '../call/call.ts';
import { drain } from '../call/drain.ts';
import type { Reach } from '../call/parts.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Rewrite } from '../call/stage.ts';
import { NetworkError, type NetworkErrorCode } from '../error.ts';
import { openFields } from '../util/redaction.ts';
import type { ParsedUrl } from '../util/url.ts';
import { DELIVER, planRedirect, type RedirectPlan } from './plan.ts';

/** What the manager has to say of where the next request goes. */
export interface RedirectSurroundings {
  /** What HSTS makes of a URL; the identity where there is none. */
  readonly upgrade: (url: ParsedUrl) => ParsedUrl;
  /** Where requests may go at all. */
  readonly reach: Reach;
}

/**
 * Follows redirects: the outermost loop, so that everything below it sees every hop. A hop has given its slot back before
 * the application is asked and before the next hop begins.
 */
export function redirectStage(surroundings: RedirectSurroundings): Rewrite {
  return {
    name: 'redirect',
    incoming(response, request, call, next) {
      const plan = planFor(request, response, 0, surroundings);
      return plan.kind === 'deliver' ? response : follow(plan, request, response, next, call, surroundings);
    },
  };
}

async function follow(
  first: RedirectPlan,
  { options: { secretHeaders } }: HttpRequest,
  redirect: HttpResponse,
  next: Next,
  call: Call,
  surroundings: RedirectSurroundings,
): Promise<HttpResponse> {
  let plan = first;
  let response = redirect;
  for (let followed = 1; plan.kind !== 'deliver'; followed++) {
    const { url, status, reason, headers } = response;
    call.emit({ type: 'hop', hop: { url: url.href, status, reason, headers: headers.pairs } });
    if (plan.kind === 'error') {
      const error = failure(plan.code, plan.reason, response, secretHeaders);
      response.body.cancel(error);
      throw error;
    }
    await drain(response.body, call);
    const target = plan.request.url.href;
    if (plan.ask) await requireConsent(target, response, secretHeaders, call);
    else call.emit({ type: 'redirected', target });
    // Listeners may have aborted.
    call.throwIfCancelled();
    const { request } = plan;
    response = await next(request, call);
    plan = planFor(request, response, followed, surroundings);
  }
  return response;
}

/** Asks whether the redirect may be followed. @throws NetworkError with its status and fields when it may not */
async function requireConsent(
  target: string,
  response: HttpResponse,
  secretHeaders: readonly string[],
  call: Call,
): Promise<void> {
  const { status, headers } = response;
  const question = { type: 'redirect', target, status, headers: headers.pairs } as const;
  const { allowed } = await ask(call, question).catch((error: unknown) => {
    if (call.cancelled !== null || !(error instanceof NetworkError)) throw error;
    throw failure(error.code, error.message, response, secretHeaders, error.cause);
  });
  if (!allowed) throw failure('operation-canceled', 'the redirect was not allowed', response, secretHeaders);
}

function planFor(
  request: HttpRequest,
  { url, status, headers }: HttpResponse,
  followed: number,
  surroundings: RedirectSurroundings,
): RedirectPlan {
  if (status < 300 || status > 399) return DELIVER;
  // HSTS may have sent it elsewhere.
  const answered = url === request.url ? request : { ...request, url };
  const location = headers.getAll('location');
  return planRedirect({ request: answered, status, location, followed, ...surroundings });
}

function failure(
  code: NetworkErrorCode,
  message: string,
  response: HttpResponse,
  secretHeaders: readonly string[],
  cause?: unknown,
): NetworkError {
  const { url, status, headers } = response;
  return new NetworkError(code, message, {
    url: url.href,
    status,
    cause,
    headers: openFields(headers, secretHeaders),
  });
}
