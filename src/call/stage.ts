import type { Call } from './call.ts';
import type { Limits } from './parts.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';

/** The rest of the list. It may throw instead of rejecting. */
export type Next = (request: HttpRequest, call: Call) => Promise<HttpResponse>;

/**
 * A rule that changes, refuses or takes note of what passes: the request on its way out, the response on its way back. It
 * decides nothing itself: a pure function of its folder does. All that a request passes on its way to the next {@link Stage}
 * which takes it over cost one promise together.
 */
export interface Rewrite {
  /** What a list of stages shows of it. */
  readonly name: string;
  /** Gives the request as it goes on, or refuses it by throwing. */
  outgoing?(request: HttpRequest, call: Call): HttpRequest | Promise<HttpRequest>;
  /**
   * Gives the response as it goes on. A loop sends again by `next` what this response does not answer, and cancels or drains
   * the body that it drops. When it throws, the body of the response is cancelled.
   * @param request as `outgoing` got it
   * @param next the rest of the list
   */
  incoming?(
    response: HttpResponse,
    request: HttpRequest,
    call: Call,
    next: Next,
  ): HttpResponse | Promise<HttpResponse>;
}

/** A rule that may take a request over: to answer it itself, to wait, or to go on by `next`, as often as it likes. */
export interface Stage extends Rewrite {
  /**
   * Answers a request, as `outgoing` gave it, most often with what `next` gives for it; no `incoming` of its own sees that. Null:
   * there is nothing to do for this one, which goes on as if the stage were not there, and costs no promise.
   *
   * A stage that calls `next` again, or drops a response, cancels or drains the body that it drops.
   */
  handle(request: HttpRequest, next: Next, call: Call): Promise<HttpResponse> | null;
  /** The same stage for one manager, where those that share it differ in what matters to it. */
  under?(limits: Limits): Stage;
}

/** A part that brings its own stage (a cache): a program that sets none does not contain its code. */
export interface StageSource {
  /** What the manager puts in its list. */
  readonly stage: Stage;
}
