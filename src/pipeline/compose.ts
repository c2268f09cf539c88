import type { Call } from '../call/call.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Rewrite, Stage } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import { isPromise } from '../util/is-promise.ts';

/** Folds a list over its last entry, the transport, into one function. Done once per configuration. */
export function compose(list: readonly (Stage | Rewrite)[], last: Next): Next {
  const steps = list.map(stepOf);
  const rests: Next[] = steps.map((_step, from) => (request, call) => new Walk(way, from, call).out(request));
  const way: Way = { steps, rests: [...rests, last], returning: returningOf(steps) };
  return way.rests[0]!;
}

/** A list, made ready to be walked. */
interface Way {
  readonly steps: readonly Step[];
  /** By the number of a step: all that begins there. The last one is the transport. */
  readonly rests: readonly Next[];
  /** By the number of a step: the nearest one, up from there, that looks at responses; −1 for none. */
  readonly returning: readonly number[];
}

function returningOf(steps: readonly Step[]): readonly number[] {
  let nearest = -1;
  return steps.map(({ incoming }, at) => {
    if (incoming !== null) nearest = at;
    return nearest;
  });
}

/** What one entry of the list does. */
interface Step {
  readonly outgoing: NonNullable<Rewrite['outgoing']> | null;
  readonly handle: Stage['handle'] | null;
  readonly incoming: NonNullable<Rewrite['incoming']> | null;
}

/** An entry may be an object of a class; a polluted `Object.prototype` makes it do nothing. */
function stepOf(entry: Stage | Rewrite): Step {
  const method = <Name extends keyof Step>(name: Name): Step[Name] => {
    const found = (entry as Partial<Stage>)[name];
    const isOwn = found !== undefined && found !== (Object.prototype as Partial<Stage>)[name];
    return isOwn ? ((found as () => never).bind(entry) as never) : (null as never);
  };
  return { outgoing: method('outgoing'), handle: method('handle'), incoming: method('incoming') };
}

/** A step that has put another request in the place of the one that it got. */
interface Change {
  readonly by: number;
  readonly given: HttpRequest;
  readonly before: Change | null;
}

/** One request on its way down the list, until a stage takes it over or it is sent; and back in the opposite order. */
class Walk {
  readonly #way: Way;
  readonly #from: number;
  readonly #call: Call;
  #changes: Change | null = null;

  /** @param from the number of the step that comes first */
  constructor(way: Way, from: number, call: Call) {
    this.#way = way;
    this.#from = from;
    this.#call = call;
  }

  out(request: HttpRequest, from = this.#from): Promise<HttpResponse> {
    const { steps, rests } = this.#way;
    let current = request;
    for (let at = from; at < steps.length; at++) {
      const given = current;
      const passed = steps[at]!.outgoing?.(given, this.#call) ?? given;
      // Most pass on what they got, which need not be asked whether it is a promise.
      if (passed !== given) {
        if (isPromise(passed)) return passed.then((ready) => this.#onFrom(at, given, ready));
        this.#changes = { by: at, given, before: this.#changes };
        current = passed;
      }
      const answer = this.#taken(at, current);
      if (answer !== null) return answer;
    }
    return this.#answered(rests[steps.length]!(current, this.#call), current, steps.length - 1);
  }

  #onFrom(at: number, given: HttpRequest, ready: HttpRequest): Promise<HttpResponse> {
    if (ready !== given) this.#changes = { by: at, given, before: this.#changes };
    return this.#taken(at, ready) ?? this.out(ready, at + 1);
  }

  /** What a stage answers that takes the request over, or null. */
  #taken(at: number, request: HttpRequest): Promise<HttpResponse> | null {
    const { steps, rests } = this.#way;
    const answer = steps[at]!.handle?.(request, rests[at + 1]!, this.#call) ?? null;
    return answer === null ? null : this.#answered(answer, request, at - 1);
  }

  /** @param below the step next to what has answered */
  #answered(answer: Promise<HttpResponse>, sent: HttpRequest, below: number): Promise<HttpResponse> {
    const at = this.#way.returning[below] ?? -1;
    return at < this.#from ? answer : answer.then((response) => this.#back(response, sent, at));
  }

  #back(response: HttpResponse, sent: HttpRequest, from: number): HttpResponse | Promise<HttpResponse> {
    let current = response;
    let request = sent;
    for (let at = from; at >= this.#from; at = this.#way.returning[at - 1] ?? -1) {
      for (; this.#changes !== null && this.#changes.by >= at; this.#changes = this.#changes.before)
        request = this.#changes.given;
      const passed = this.#incoming(at, current, request);
      if (passed === current) continue;
      const [given, below] = [current, request];
      if (isPromise(passed))
        return passed.then(
          (ready) => this.#back(ready, below, this.#way.returning[at - 1] ?? -1),
          (error) => drop(given, error),
        );
      current = passed;
    }
    return current;
  }

  #incoming(at: number, response: HttpResponse, request: HttpRequest): HttpResponse | Promise<HttpResponse> {
    const { steps, rests } = this.#way;
    try {
      return steps[at]!.incoming!(response, request, this.#call, rests[at + 1]!);
    } catch (error) {
      return drop(response, error);
    }
  }
}

/** The body goes to nobody. */
function drop({ body, url }: HttpResponse, error: unknown): never {
  body.cancel(
    error instanceof NetworkError
      ? error
      : new NetworkError('unknown-content', String(error), { url: url.href }),
  );
  throw error;
}
