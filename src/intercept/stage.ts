import { inadmissible } from '../call/admission.ts';
import type { Call } from '../call/call.ts';
import { drain } from '../call/drain.ts';
import type { Reach } from '../call/parts.ts';
import { checkedAnswer, respondWith } from '../call/prepared-answer.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Stage } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import type {
  InterceptedRequest,
  InterceptedResponse,
  Interceptor,
  InterceptorContext,
} from '../options/interceptor.ts';
import { withoutFragment } from '../util/url.ts';
import { PassedRequest } from './passed-request.ts';
import { PassedResponse } from './passed-response.ts';

/**
 * The interceptors above the loops: once a call, over the final answer. A changed URL is judged as a redirect's is, before
 * anything is sent there.
 */
export function interceptorStage(reach: Reach): Stage {
  const judge = (next: HttpRequest): void => {
    const refused = inadmissible(next.url, next.options, reach);
    const { scheme } = next.url;
    if (refused !== null) throw new NetworkError(refused.code, refused.reason, { url: next.url.href });
    if (scheme !== 'http' && scheme !== 'https')
      throw new NetworkError(
        'protocol-unknown',
        `an interceptor can send a request to http and https only, not to ${scheme}`,
      );
  };
  return {
    name: 'interceptors',
    handle: (request, next, call) => {
      const { interceptors } = request.options;
      if (interceptors.length === 0) return next(request, call);
      return new Interception(interceptors, next, call, 1, judge).pass(request);
    },
  };
}

/** The interceptors above the queue: once an attempt, over what is sent and received. They cannot send it elsewhere. */
export function networkInterceptorStage(): Stage {
  const attempts = new WeakMap<Call, number>();
  return {
    name: 'network-interceptors',
    handle: (request, next, call) => {
      const { networkInterceptors } = request.options;
      if (networkInterceptors.length === 0) return next(request, call);
      const attempt = (attempts.get(call) ?? 0) + 1;
      attempts.set(call, attempt);
      const judge = (changed: HttpRequest): void => {
        if (changed.url.origin !== request.url.origin)
          throw new TypeError('a network interceptor cannot send a request elsewhere; `interceptors` can');
      };
      return new Interception(networkInterceptors, next, call, attempt, judge).pass(request);
    },
  };
}

/** One request on its way through a list of interceptors. */
class Interception {
  readonly #list: readonly Interceptor[];
  readonly #next: Next;
  readonly #call: Call;
  readonly #attempt: number;
  readonly #judge: (request: HttpRequest) => void;
  #abort: AbortController | null = null;

  constructor(
    list: readonly Interceptor[],
    next: Next,
    call: Call,
    attempt: number,
    judge: (request: HttpRequest) => void,
  ) {
    this.#list = list;
    this.#next = next;
    this.#call = call;
    this.#attempt = attempt;
    this.#judge = judge;
  }

  /** @param index of the interceptor whose turn it is */
  async pass(request: HttpRequest, index = 0): Promise<HttpResponse> {
    const interceptor = this.#list[index];
    if (interceptor === undefined) return this.#next(request, this.#call);
    const call = this.#call;
    const limit = request.options.maximumBodySize;
    let passed: ResponseBody | null = null;
    let isRead = (): boolean => false;
    const forward = async (given: InterceptedRequest): Promise<InterceptedResponse> => {
      call.throwIfCancelled();
      const changed = PassedRequest.behind(given);
      if (changed === null) throw new TypeError('interceptor: next takes the request, or a copy of it');
      if (changed !== request) this.#judge(changed);
      if (passed !== null && !isRead()) await drain(passed, call);
      const response = await this.pass(changed, index + 1);
      passed = response.body;
      const shown = PassedResponse.of(response, limit);
      isRead = () => shown.isRead;
      return shown;
    };
    try {
      const context = this.#context(request);
      const run = async () => interceptor(PassedRequest.of(request), forward, context);
      const result = await call.wait(call.inContext(run));
      if (result === undefined || result === null) throw new TypeError('it gave back no response');
      const response = PassedResponse.behind(result) ?? respondWith(checkedAnswer(result as never), request);
      if (passed !== null && response.body !== passed && !isRead()) await drain(passed, call);
      return response;
    } catch (error) {
      const told = toldOf(error, request);
      if (passed !== null && !isRead()) (passed as ResponseBody).cancel(told);
      throw told;
    }
  }

  #context(request: HttpRequest): InterceptorContext {
    const call = this.#call;
    const abort = (): AbortController => {
      if (this.#abort === null) {
        const controller = new AbortController();
        this.#abort = controller;
        call.onCancel((reason) => controller.abort(reason));
      }
      return this.#abort;
    };
    return {
      attributes: request.options.attributes,
      attempt: this.#attempt,
      clock: call.clock,
      get signal() {
        return abort().signal;
      },
    };
  }
}

function toldOf(error: unknown, { method, url }: HttpRequest): NetworkError {
  if (error instanceof NetworkError) return error;
  const shown = withoutFragment(url);
  const message = `${method} ${shown}: an interceptor failed: ${error instanceof Error ? error.message : String(error)}`;
  return new NetworkError('operation-canceled', message, { url: shown, cause: error });
}
