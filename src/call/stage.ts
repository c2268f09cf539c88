import type { Call } from './call.ts';
import type { Limits } from './parts.ts';
import type { HttpRequest } from './request.ts';
import type { HttpResponse } from './response.ts';

/** The rest of the list. It may throw instead of rejecting. */
export type Next = (request: HttpRequest, call: Call) => Promise<HttpResponse>;

/**
 * One rule of the web, obeyed. A stage decides nothing itself: a pure function of its folder does. It may answer by
 * itself, wait, call `next` again (a loop) or wrap the response. One that does none of this is a {@link Rewrite}.
 *
 * A stage that calls `next` again, or drops a response, cancels or drains the body that it drops.
 */
export interface Stage {
  /** What a list of stages shows of it. */
  readonly name: string;
  /** Answers a request, most often with what `next` gives for it. */
  handle(request: HttpRequest, next: Next, call: Call): Promise<HttpResponse>;
  /** The same stage for one manager, where those that share it differ in what matters to it. */
  under?(limits: Limits): Stage;
}

/**
 * A rule that changes, refuses or takes note of what passes and nothing else: the request on its way out, the response on
 * its way back. Most rules are like this, and a run of them costs one promise, where each stage costs its own.
 */
export interface Rewrite {
  /** What a list of stages shows of it. */
  readonly name: string;
  /** Gives the request as it goes on, or refuses it by throwing. */
  outgoing?(request: HttpRequest, call: Call): HttpRequest | Promise<HttpRequest>;
  /**
   * When it throws, the body of the response is cancelled.
   * @param request as `outgoing` got it
   */
  incoming?(response: HttpResponse, request: HttpRequest, call: Call): HttpResponse | Promise<HttpResponse>;
}

/** A part that brings its own stage (a cache): a program that sets none does not contain its code. */
export interface StageSource {
  /** What the manager puts in its list. */
  readonly stage: Stage;
}
