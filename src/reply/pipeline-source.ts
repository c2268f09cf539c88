import { Call, type CallSink } from '../call/call.ts';
import { HeadEvent } from '../call/head-event.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next } from '../call/stage.ts';
import { reachOf, timedOut } from '../call/timed-out.ts';
import { NetworkError } from '../error.ts';
import type { BodySink, ResponseBody } from '../message/body.ts';
import type { HttpHeaders } from '../message/headers.ts';
import { type Clock, systemClock } from '../util/clock.ts';
import { withoutFragment } from '../util/url.ts';
import { requestName } from './error-sentence.ts';
import type { OpenTransfer, ReplySource, Transfer } from './reply-source.ts';

/**
 * Runs requests through a pipeline on behalf of replies.
 * @param means what the platform has for them beside it
 */
export function pipelineSource(run: Next, means: Partial<Omit<ReplySource, 'open'>> = {}): ReplySource {
  const { clock = systemClock, traceRequest } = Object.assign(Object.create(null), means) as typeof means;
  const open: OpenTransfer = (request, sink) => new PipelineTransfer(request, run, sink, clock);
  const traced: OpenTransfer = (request, sink) => traceRequest!(request, sink, open);
  return { ...means, clock, open: traceRequest === undefined ? open : traced };
}

/** To the stages it is the call, to the reply the transfer, and to the body of the response its reader. */
class PipelineTransfer extends Call implements Transfer, BodySink {
  readonly #request: HttpRequest;
  readonly #run: Next;
  /** Null once the last event was told, or when nothing more is wanted. */
  #sink: CallSink | null;
  #body: ResponseBody | null = null;
  #isPaused = false;
  /** The timer of the timeout `total`. */
  #deadline: unknown = null;

  constructor(request: HttpRequest, run: Next, sink: CallSink, clock: Clock) {
    super(sink, clock);
    this.#request = request;
    this.#run = run;
    this.#sink = sink;
  }

  /** Not async: many wait in here, and what an async function keeps is larger than two closures. */
  start(): void {
    // What has not let go by itself does, too.
    const fail = (error: unknown): void => this.cancel(toNetworkError(error, this.#request));
    const { total = 0 } = this.#request.options.timeouts;
    if (total > 0) {
      this.#deadline = this.clock.setTimeout(() => this.#late(total), total);
    }
    try {
      this.#run(this.#request, this).then((response) => this.#deliver(response), fail);
    } catch (error) {
      fail(error);
    }
  }

  pause(): void {
    this.#isPaused = true;
    this.#body?.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#body?.resume();
  }

  abandon(reason: NetworkError): void {
    this.#sink = null;
    this.cancel(reason);
  }

  /** Given up from within, by what waits for its slot: the reply has to hear of it. `abandon` comes from the reply itself. */
  override cancel(reason: NetworkError): void {
    if (this.cancelled !== null) return;
    super.cancel(reason);
    this.fail(reason);
  }

  data(chunk: Uint8Array, lent: boolean): void {
    this.#sink?.accept({ type: 'data', chunk, lent });
  }

  end(trailers: HttpHeaders | null): void {
    this.timings.responseEnd = this.time();
    this.#take()?.accept({ type: 'end', trailers: trailers?.pairs ?? null });
  }

  fail(error: NetworkError): void {
    const body = this.#body;
    const sink = this.#take();
    body?.cancel(error);
    sink?.accept({ type: 'failed', error: error.toJSON() });
  }

  #late(total: number): void {
    const of = this.waitsFor ?? this;
    this.cancel(timedOut('total', total, this.#request.url, of, reachOf(of, this.#body !== null)));
  }

  #deliver(response: HttpResponse): void {
    const { body } = response;
    const sink = this.#sink;
    if (sink === null) {
      body.cancel(this.cancelled!);
      return;
    }
    this.#body = body;
    sink.accept(new HeadEvent(response, this.#request.method));
    // A listener of metaDataChanged may have aborted.
    if (this.#sink === null) return;
    try {
      // An opaque response (status 0) has nothing to see.
      const taker = sink.responseTaker;
      if (
        taker &&
        body.takeResponse &&
        this.#deadline === null &&
        (response.status === 0 || !taker.watchesBytes)
      ) {
        taker.take(body.takeResponse());
        this.end(null);
        return;
      }
      if (this.#isPaused) body.pause();
      body.start(this);
    } catch (error) {
      // A body of the application's own that cannot be started does not know how to end either.
      this.#body = null;
      this.cancel(toNetworkError(error, this.#request));
    }
  }

  /** The sink, for its last event. A reply that is held should not hold the connection's objects. */
  #take(): CallSink | null {
    const sink = this.#sink;
    this.clock.clearTimeout(this.#deadline);
    this.#sink = null;
    this.#body = null;
    return sink;
  }
}

/** What a stage or handler threw, as the error that it is or stands for. */
function toNetworkError(error: unknown, request: HttpRequest): NetworkError {
  if (error instanceof NetworkError) return error;
  const url = withoutFragment(request.url);
  return new NetworkError('unknown-content', `it failed with ${String(error)}`, {
    url,
    cause: error,
  });
}

export function managerClosed({ method, url: { href } }: HttpRequest): NetworkError {
  const message = `${requestName(method, href)}: the manager was closed`;
  return new NetworkError('operation-canceled', message, { url: href });
}

/** What answers requests that are made after their manager was closed. A client has no use for it. */
export const closedSource = /* @__PURE__ */ pipelineSource((request) => {
  throw managerClosed(request);
});
