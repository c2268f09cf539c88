import { inadmissible } from '../call/admission.ts';
import type { Call } from '../call/call.ts';
import type { Reach } from '../call/parts.ts';
import { checkedAnswer, respondWith } from '../call/prepared-answer.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Stage } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
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
      if (interceptors.length === 0) return null;
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
      if (networkInterceptors.length === 0) return null;
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
    const turn = new Turn(request, call, async (changed) => {
      if (changed.url.origin !== request.url.origin) this.#judge(changed);
      return this.pass(changed, index + 1);
    });
    try {
      const context = this.#context(request);
      const run = async () => interceptor(PassedRequest.of(request), turn.next, context);
      const result = await call.wait(call.inContext(run));
      if (result === undefined || result === null) throw new TypeError('it gave back no response');
      const passed = PassedResponse.behind(result);
      const response = passed?.response ?? respondWith(checkedAnswer('its answer', result as never), request);
      await turn.end(passed);
      return response;
    } catch (error) {
      const told = toldOf(error, request);
      turn.fail(told);
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

/** What one interceptor is given by `next`, while it has its turn: all but what it gives back is let go of, whenever it comes. */
class Turn {
  readonly #request: HttpRequest;
  readonly #call: Call;
  readonly #send: (request: HttpRequest) => Promise<HttpResponse>;
  #given: PassedResponse[] = [];
  /** Why what comes now is not wanted, or null while the turn lasts. */
  #over: NetworkError | null = null;

  constructor(request: HttpRequest, call: Call, send: (request: HttpRequest) => Promise<HttpResponse>) {
    this.#request = request;
    this.#call = call;
    this.#send = send;
  }

  readonly next = (given: InterceptedRequest): Promise<InterceptedResponse> => {
    const response = this.#pass(given);
    // An interceptor that has answered by itself meanwhile does not look at it.
    response.catch(() => {});
    return response;
  };

  async #pass(given: InterceptedRequest): Promise<InterceptedResponse> {
    this.#call.throwIfCancelled();
    if (this.#over !== null) throw this.#over;
    const request = PassedRequest.behind(given);
    if (request === null) throw new TypeError('next takes the request, or a copy of it');
    await this.#drop(this.#given.splice(0));
    const { body } = request;
    const isOwnBody = body !== this.#request.body;
    if (isOwnBody) body?.claim?.();
    try {
      const response = PassedResponse.of(await this.#send(request), request.options);
      if (this.#over !== null) response.cancel(this.#over);
      else this.#given.push(response);
      return response;
    } catch (error) {
      if (isOwnBody) body?.discard?.();
      throw error;
    }
  }

  /** @param kept the response that goes on, or null for an answer of the interceptor's own */
  async end(kept: PassedResponse | null): Promise<void> {
    const { url } = this.#request;
    this.#over = new NetworkError('operation-canceled', 'the interceptor has given its answer', {
      url: url.href,
    });
    await this.#drop(this.#given.filter((response) => kept === null || !response.sharesBodyWith(kept)));
  }

  fail(reason: NetworkError): void {
    this.#over = reason;
    for (const response of this.#given) response.cancel(reason);
  }

  async #drop(responses: readonly PassedResponse[]): Promise<void> {
    await Promise.all(responses.map((response) => response.drop(this.#call)));
  }
}

function toldOf(error: unknown, { method, url }: HttpRequest): NetworkError {
  if (error instanceof NetworkError) return error;
  const shown = withoutFragment(url);
  const message = `${method} ${shown}: an interceptor failed: ${error instanceof Error ? error.message : String(error)}`;
  return new NetworkError('operation-canceled', message, { url: shown, cause: error });
}
