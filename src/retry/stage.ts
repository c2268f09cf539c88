import type { Call } from '../call/call.ts';
import { drain } from '../call/drain.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Stage } from '../call/stage.ts';
import { codeForStatus, NetworkError } from '../error.ts';
import { isIdempotent } from '../message/methods.ts';
import { type RetryPolicy, retryPolicyOf } from '../options/retry-options.ts';
import { withoutFragment } from '../util/url.ts';
import type { RetryBudget } from './budget.ts';
import { type Outcome, parseRetryAfter, planRetry } from './plan.ts';

const KEY = 'idempotency-key';

/**
 * Sends a request again that has failed in a way that may pass: a loop under the redirects, so that each hop has its
 * attempts, and above authentication, cookies and cache, so that each attempt has those of its time: an answer to a challenge
 * is for one message (a nonce count of Digest, a ticket), and a handshake begins anew. Between two attempts the request has no
 * slot and no connection.
 */
export function retryStage(budget: RetryBudget): Stage {
  // Of a call, and not of a hop: a redirect that keeps the method goes on with the key.
  const keys = new WeakMap<Call, string>();
  return {
    name: 'retry',
    handle: (request, next, call) => {
      const policy = retryPolicyOf(request.options.retry);
      if (policy === null) return null;
      if (!policy.idempotencyKey || request.headers.has(KEY) || isIdempotent(request.method)) {
        return persist(request, policy, next, call, budget);
      }
      const key = keys.get(call) ?? randomKey();
      keys.set(call, key);
      return persist({ ...request, headers: request.headers.with(KEY, key) }, policy, next, call, budget);
    },
  };
}

/** A quoted string of 128 random bits. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `"${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
}

type Result =
  | { readonly response: HttpResponse; readonly error: null }
  | { readonly response: null; readonly error: NetworkError };

async function persist(
  request: HttpRequest,
  policy: RetryPolicy,
  next: Next,
  call: Call,
  budget: RetryBudget,
): Promise<HttpResponse> {
  const began = call.clock.monotonic();
  for (let attempts = 1; ; attempts++) {
    const result = await once(request, next, call);
    const elapsed = call.clock.monotonic() - began;
    const wait = plan(request, policy, result, attempts, elapsed, call);
    if (wait === null || !budget.take()) {
      if (result.error !== null) throw result.error;
      if (codeForStatus(result.response.status) === null) budget.succeeded();
      return result.response;
    }
    const reason = result.error ?? errorOf(request, result.response);
    if (result.response !== null) await drain(result.response.body, call);
    call.emit({ type: 'retrying', attempt: attempts + 1, delay: wait, error: reason.toJSON() });
    await pause(wait, call);
  }
}

/** Whatever stops the call itself, or is no failure of the network, goes up. */
async function once(request: HttpRequest, next: Next, call: Call): Promise<Result> {
  try {
    return { response: await next(request, call), error: null };
  } catch (error) {
    if (call.cancelled !== null || !(error instanceof NetworkError)) throw error;
    return { response: null, error };
  }
}

function plan(
  { method, headers, body }: HttpRequest,
  policy: RetryPolicy,
  result: Result,
  attempts: number,
  elapsed: number,
  call: Call,
): number | null {
  return planRetry({
    policy,
    method,
    hasKey: headers.has(KEY),
    replayable: body === null || body.replayable,
    outcome: outcomeOf(result, call),
    attempts,
    elapsed,
    random: Math.random(),
  });
}

function outcomeOf({ response, error }: Result, call: Call): Outcome {
  if (error !== null) {
    const isUnsent = error.timeout?.name === 'queue' || error.timeout?.name === 'connect';
    return { code: error.code, isUnsent };
  }
  const retryAfter = parseRetryAfter(response.headers.get('retry-after'), call.clock.now());
  return { status: response.status, retryAfter };
}

function errorOf({ method, url }: HttpRequest, { status, reason }: HttpResponse): NetworkError {
  const shown = withoutFragment(url);
  const message = `${method} ${shown} was answered ${status} ${reason}`.trimEnd();
  return new NetworkError(codeForStatus(status) ?? 'unknown-content', message, { url: shown, status });
}

/** Resolves after that many milliseconds; rejects at once with the reason when the call is given up, and leaves no timer. */
function pause(ms: number, call: Call): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: unknown = null;
    const forget = call.onCancel((reason) => {
      call.clock.clearTimeout(timer);
      reject(reason);
    });
    if (call.cancelled !== null) return;
    timer = call.clock.setTimeout(() => {
      forget();
      resolve();
    }, ms);
  });
}
