import type { Call } from '../call/call.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Rewrite } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import { isPromise } from '../util/is-promise.ts';

/** A run of rewrites as one step: out through all of them, `next`, and back in the opposite order. */
export function rewriting(run: readonly Rewrite[], next: Next): Next {
  if (run.length === 0) return next;
  const returns = run.some(({ incoming }) => incoming !== undefined);
  return (request, call) => {
    const passage = new Passage(run, call);
    const sent = passage.out(request, 0);
    const answer = isPromise(sent) ? sent.then((ready) => next(ready, call)) : next(sent, call);
    return returns ? answer.then((response) => passage.back(response, run.length - 1)) : answer;
  };
}

/** One request on its way through a run of rewrites. */
class Passage {
  readonly #run: readonly Rewrite[];
  readonly #call: Call;
  /** The request as each rewrite got it. */
  readonly #requests: HttpRequest[];

  constructor(run: readonly Rewrite[], call: Call) {
    this.#run = run;
    this.#call = call;
    this.#requests = new Array(run.length);
  }

  out(request: HttpRequest, from: number): HttpRequest | Promise<HttpRequest> {
    let current = request;
    for (let i = from; i < this.#run.length; i++) {
      this.#requests[i] = current;
      const passed = this.#run[i]!.outgoing?.(current, this.#call) ?? current;
      if (isPromise(passed)) return passed.then((ready) => this.out(ready, i + 1));
      current = passed;
    }
    return current;
  }

  back(response: HttpResponse, from: number): HttpResponse | Promise<HttpResponse> {
    let current = response;
    for (let i = from; i >= 0; i--) {
      const passed = this.#incoming(i, current);
      if (isPromise(passed)) return passed.then((ready) => this.back(ready, i - 1));
      current = passed;
    }
    return current;
  }

  #incoming(i: number, response: HttpResponse): HttpResponse | Promise<HttpResponse> {
    try {
      const passed = this.#run[i]!.incoming?.(response, this.#requests[i]!, this.#call) ?? response;
      return isPromise(passed) ? passed.catch((error) => drop(response, error)) : passed;
    } catch (error) {
      return drop(response, error);
    }
  }
}

function drop({ body, url }: HttpResponse, error: unknown): never {
  body.cancel(
    error instanceof NetworkError
      ? error
      : new NetworkError('unknown-content', String(error), { url: url.href }),
  );
  throw error;
}
