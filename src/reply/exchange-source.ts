import { NetworkError } from '../error.ts';
import type { ResponseBody } from '../message/body.ts';
import type { Priority } from '../options.ts';
import { Exchange } from '../pipeline/exchange.ts';
import { responseHead } from '../pipeline/response-head.ts';
import type { HttpRequest, HttpResponse, Next } from '../pipeline/stage.ts';
import type { Timings } from '../pipeline/timings.ts';
import type { Clock } from '../util/clock.ts';
import { withoutFragment } from '../util/url.ts';
import type { ReplySink, ReplySource } from './reply-source.ts';

/** Runs one request through the pipeline on behalf of a reply. */
export class ExchangeSource implements ReplySource {
  readonly #request: HttpRequest;
  readonly #run: Next;
  readonly #clock: Clock;
  #sink: ReplySink | null = null;
  #exchange: Exchange | null = null;
  #body: ResponseBody | null = null;
  #paused = false;
  /** Set before the start, when there is no exchange that could keep it. */
  #priority: Priority | null = null;

  constructor(request: HttpRequest, run: Next, clock: Clock) {
    this.#request = request;
    this.#run = run;
    this.#clock = clock;
  }

  get timings(): Timings | null {
    return this.#exchange?.timings ?? null;
  }

  start(sink: ReplySink): void {
    this.#sink = sink;
    const exchange = new Exchange({ emit: sink.accept, ask: sink.ask, clock: this.#clock });
    this.#exchange = exchange;
    if (this.#priority !== null) exchange.setPriority(this.#priority);
    // A timeout is a cancellation from within: the reply has to hear of it, an abort comes from the reply itself.
    exchange.onCancel((reason) => this.#fail(reason));
    let running: Promise<HttpResponse>;
    try {
      running = this.#run(this.#request, exchange);
    } catch (error) {
      running = Promise.reject(error);
    }
    running.then(
      (response) => this.#deliver(response),
      (error: unknown) => this.#fail(toNetworkError(error, this.#request)),
    );
  }

  pause(): void {
    this.#paused = true;
    this.#body?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#body?.resume();
  }

  cancel(reason: NetworkError): void {
    this.#sink = null;
    this.#exchange?.cancel(reason);
    this.#body?.cancel(reason);
  }

  setPriority(priority: Priority): void {
    this.#priority = priority;
    this.#exchange?.setPriority(priority);
  }

  #deliver(response: HttpResponse): void {
    const sink = this.#sink;
    const exchange = this.#exchange!;
    if (sink === null) {
      response.body.cancel(exchange.cancelled ?? toNetworkError(undefined, this.#request));
      return;
    }
    this.#body = response.body;
    sink.accept({ type: 'head', ...responseHead(response, this.#request.method) });
    // A listener of metaDataChanged may have aborted.
    if (this.#sink === null) return;
    if (this.#paused) response.body.pause();
    response.body.start({
      data: (chunk, lent) => this.#sink?.accept({ type: 'data', chunk, lent }),
      end: (trailers) => {
        exchange.timings.responseEnd = this.#clock.now();
        this.#take()?.accept({ type: 'end', trailers });
      },
      fail: (error) => this.#fail(error),
    });
  }

  #fail(error: NetworkError): void {
    const sink = this.#take();
    this.#body?.cancel(error);
    sink?.accept({ type: 'failed', error });
  }

  /** The sink, for its last event. */
  #take(): ReplySink | null {
    const sink = this.#sink;
    this.#sink = null;
    return sink;
  }
}

/** What a stage or handler threw, as the error that it is or stands for. */
function toNetworkError(error: unknown, request: HttpRequest): NetworkError {
  if (error instanceof NetworkError) return error;
  const url = withoutFragment(request.url);
  return new NetworkError('unknown-content', `the request of ${url} failed: ${String(error)}`, {
    url,
    cause: error,
  });
}
