import { type Channel, channel } from 'node:diagnostics_channel';
import type { CallSink } from '../../src/call/call.ts';
import type { QuestionType } from '../../src/call/question.ts';
import type { ReplyEvent } from '../../src/call/reply-event.ts';
import { type HttpRequest, withHeaders } from '../../src/call/request.ts';
import type { Timings } from '../../src/call/timings.ts';
import { NetworkError, publicUrl } from '../../src/error.ts';
import { HttpHeaders } from '../../src/message/headers.ts';
import type { Priority } from '../../src/options/options.ts';
import type { OpenTransfer, Transfer } from '../../src/reply/reply-source.ts';
import { shownFields } from '../../src/util/redaction.ts';
import type { DiagnosticsMessages, TracedRequest } from './diagnostics-messages.ts';

/** What is told on a channel, but for what all messages have. */
type Told<Name extends keyof DiagnosticsMessages> = Omit<DiagnosticsMessages[Name], 'request'>;

// Kept: a channel to which nobody has subscribed yet may be collected, and made anew for a subscriber.
const CHANNELS: Readonly<Record<keyof DiagnosticsMessages, Channel>> = {
  'fairlead:request:start': channel('fairlead:request:start'),
  'fairlead:request:sent': channel('fairlead:request:sent'),
  'fairlead:request:redirect': channel('fairlead:request:redirect'),
  'fairlead:request:retry': channel('fairlead:request:retry'),
  'fairlead:request:head': channel('fairlead:request:head'),
  'fairlead:request:end': channel('fairlead:request:end'),
  'fairlead:request:error': channel('fairlead:request:error'),
};
const ALL = Object.values(CHANNELS);

/**
 * Opens the transfer of a request, and tells the channels of it while it runs. Without a subscriber at its start a request
 * is not watched, which costs the questions whether there is one.
 */
export function traceRequest(request: HttpRequest, sink: CallSink, open: OpenTransfer): Transfer {
  if (!ALL.some(({ hasSubscribers }) => hasSubscribers)) return open(request, sink);
  const traced = new TracedSink(request, sink);
  return new TracedTransfer(open(traced.start(), traced), traced);
}

/** Stands between a transfer and its reply. */
class TracedSink implements CallSink {
  readonly ask: CallSink['ask'] = (question) => this.#sink.ask(question);
  readonly #sink: CallSink;
  readonly #secrets: readonly string[];
  readonly #request: HttpRequest;
  readonly #told: TracedRequest;
  transfer: Transfer | null = null;
  #status = 0;
  #bytesReceived = 0;
  #isOver = false;

  constructor(request: HttpRequest, sink: CallSink) {
    this.#request = request;
    this.#sink = sink;
    this.#secrets = request.options.secretHeaders;
    const { method, url, headers } = request;
    this.#told = { method, url: publicUrl(url.href), headers: this.#shown(headers.pairs) };
  }

  get responseTaker(): NonNullable<CallSink['responseTaker']> | null {
    return this.#sink.responseTaker ?? null;
  }

  get isBodyUnread(): boolean {
    return this.#sink.isBodyUnread ?? false;
  }

  get client(): object | null {
    return this.#sink.client ?? null;
  }

  hears(type: QuestionType): boolean {
    return this.#sink.hears?.(type) === true;
  }

  get faults(): NonNullable<CallSink['faults']> | null {
    return this.#sink.faults ?? null;
  }

  behind(...args: Parameters<NonNullable<CallSink['behind']>>): Promise<void> | null {
    return this.#sink.behind?.(...args) ?? null;
  }

  inContext<Value>(run: () => Value): Value {
    return this.#sink.inContext === undefined ? run() : this.#sink.inContext(run);
  }

  /** The request with the fields that subscribers have added. */
  start(): HttpRequest {
    let added: HttpHeaders | null = null;
    let isOpen = true;
    const setHeader = (name: string, value: string): void => {
      if (!isOpen)
        throw new TypeError('setHeader(): the request has left; call it while the message is handled');
      added ??= this.#request.headers.clone();
      added.set(name, value);
    };
    this.#publish('fairlead:request:start', { setHeader });
    isOpen = false;
    return added === null ? this.#request : withHeaders(this.#request, added);
  }

  accept(event: ReplyEvent): void {
    if (event.type === 'data') this.#bytesReceived += event.chunk.length;
    else if (event.type === 'end') this.#end();
    // The error has its sentence when its reply has heard of it.
    else if (event.type !== 'failed') this.#tell(event);
    this.#sink.accept(event);
    if (event.type === 'failed') this.fail(NetworkError.from(event.error));
  }

  fail(error: NetworkError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#publish('fairlead:request:error', { error, status: this.#status, timings: this.#timings() });
  }

  #end(): void {
    this.#isOver = true;
    const [status, bytesReceived] = [this.#status, this.#bytesReceived];
    this.#publish('fairlead:request:end', { status, bytesReceived, timings: this.#timings() });
  }

  #tell(event: ReplyEvent): void {
    switch (event.type) {
      case 'request-sent':
        this.#publish('fairlead:request:sent', {});
        break;
      case 'hop':
        this.#publish('fairlead:request:redirect', {
          url: publicUrl(event.hop.url),
          status: event.hop.status,
          headers: this.#shown(event.hop.headers),
        });
        break;
      case 'retrying':
        this.#publish('fairlead:request:retry', {
          attempt: event.attempt,
          delay: event.delay,
          error: NetworkError.from(event.error),
        });
        break;
      case 'head': {
        this.#status = event.status;
        const { status, reason, httpVersion, source, cacheStatus } = event;
        const [url, headers] = [publicUrl(event.url), this.#shown(event.headers)];
        const told = { url, status, reason, headers, httpVersion, source, cacheStatus };
        this.#publish('fairlead:request:head', told);
        break;
      }
    }
  }

  #shown(pairs: readonly string[]): TracedRequest['headers'] {
    return shownFields(HttpHeaders.adopt(pairs), this.#secrets);
  }

  #timings(): Timings | null {
    const timings = (this.transfer?.waitsFor ?? this.transfer)?.timings;
    return timings === null || timings === undefined ? null : { ...timings };
  }

  #publish<Name extends keyof DiagnosticsMessages>(name: Name, told: Told<Name>): void {
    const to = CHANNELS[name];
    if (to.hasSubscribers) this.inContext(() => to.publish({ request: this.#told, ...told }));
  }
}

/** The transfer, of which the reply may let go: nothing comes to its sink then. */
class TracedTransfer implements Transfer {
  readonly #transfer: Transfer;
  readonly #sink: TracedSink;

  constructor(transfer: Transfer, sink: TracedSink) {
    this.#transfer = transfer;
    this.#sink = sink;
    sink.transfer = transfer;
  }

  get timings(): Timings | null {
    return this.#transfer.timings;
  }

  get waitsFor(): NonNullable<Transfer['waitsFor']> | null {
    return this.#transfer.waitsFor ?? null;
  }

  start(): void {
    this.#transfer.start();
  }

  pause(): void {
    this.#transfer.pause();
  }

  resume(): void {
    this.#transfer.resume();
  }

  setPriority(priority: Priority): void {
    this.#transfer.setPriority(priority);
  }

  abandon(reason: NetworkError): void {
    this.#transfer.abandon(reason);
    this.#sink.fail(reason);
  }
}
