import { type Checks, checkOptions, TEXT, TRUTH, wholeNumber } from '../checks/checker.ts';
import { NetworkError } from '../error.ts';
import type { BodyInput } from '../message/body-input.ts';
import { HttpHeaders, isFieldValue } from '../message/headers.ts';
import type { NetworkRequest } from '../options/options.ts';
import type { NetworkReply } from '../reply/reply.ts';
import { utf8Binary } from '../util/bytes.ts';
import type { Clock } from '../util/clock.ts';
import { Leavable } from '../util/leavable.ts';
import { EventStreamParser, type ServerSentEvent } from './event-stream-parser.ts';
import { isWorthReconnecting, judgeStream, reconnectionDelay, type StreamAnswer } from './reconnection.ts';

/** Options of `manager.events()`. */
export interface EventOptions {
  /**
   * Ask for the stream again when it has ended, or its connection is lost, with `Last-Event-ID`. Not after 204, nor after an
   * answer that is no event stream. @default false
   */
  readonly reconnect?: boolean | undefined;
  /** Milliseconds before that until the stream says otherwise (`retry`). @default 3000 */
  readonly reconnectionDelay?: number | undefined;
  /** The first `Last-Event-ID`: where an earlier program has stopped. @default none */
  readonly lastEventId?: string | undefined;
  /** Most characters of one line, and of the data of one event; more is unknown-content. @default 1 Mi */
  readonly maximumEventSize?: number | undefined;
  /** The body of the request, for those that are asked by POST (`method` of the request). @default none */
  readonly body?: BodyInput | null | undefined;
}

const CHECKS: Checks<EventOptions> = {
  reconnect: TRUTH,
  reconnectionDelay: wholeNumber(0, 3_600_000),
  lastEventId: TEXT,
  maximumEventSize: wholeNumber(1),
  body: { expected: 'a body, or null', accepts: () => true },
};

const DEFAULT_DELAY = 3000;
const DEFAULT_EVENT_SIZE = 2 ** 20;

/** Who asks for the streams, and what it knows of the time. */
export interface EventClient {
  readonly client: {
    request(method: string, request: NetworkRequest, body?: BodyInput | null): NetworkReply;
    /** Calls back when it closes; returns what takes that back. */
    whenClosed(callback: () => void): () => void;
  };
  readonly clock: Clock;
  isClosed(): boolean;
}

/**
 * The events of a stream, and of those that follow it when its connection is lost.
 *
 * @throws TypeError for options that there are not
 */
export function serverSentEvents(
  of: EventClient,
  request: NetworkRequest,
  options: EventOptions | undefined,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  const stream = new EventStream(of, request, checkOptions('events', options, CHECKS));
  return new Leavable(stream.events(), () => stream.leave());
}

class EventStream {
  readonly #of: EventClient;
  readonly #request: NetworkRequest;
  readonly #options: EventOptions;
  readonly #limit: number;
  #lastEventId: string;
  #retry: number;
  #fruitless = 0;
  #reply: NetworkReply | null = null;
  #endWait: () => void = () => {};
  #isLeft = false;

  constructor(of: EventClient, request: NetworkRequest, options: EventOptions) {
    this.#of = of;
    this.#request = request;
    this.#options = options;
    this.#limit = options.maximumEventSize ?? DEFAULT_EVENT_SIZE;
    this.#lastEventId = options.lastEventId ?? '';
    this.#retry = options.reconnectionDelay ?? DEFAULT_DELAY;
  }

  leave(): void {
    this.#isLeft = true;
    this.#reply?.abort();
    this.#endWait();
  }

  async *events(): AsyncGenerator<ServerSentEvent, void, undefined> {
    while (!this.#isLeft) {
      try {
        const isOver = yield* this.#oneStream();
        if (isOver || this.#options.reconnect !== true) return;
      } catch (error) {
        const isWorthIt = error instanceof NetworkError && isWorthReconnecting(error.code);
        if (this.#options.reconnect !== true || !isWorthIt || this.#of.isClosed()) throw error;
      }
      await this.#wait();
    }
  }

  /** Gives the events of one stream, then whether it was the last. */
  async *#oneStream(): AsyncGenerator<ServerSentEvent, boolean, undefined> {
    this.#fruitless++;
    const reply = this.#open();
    this.#reply = reply;
    const parser = new EventStreamParser(this.#limit, this.#lastEventId);
    let isStream: boolean | null = null;
    try {
      for await (const line of reply.lines({ maximumLineLength: this.#limit, encoding: 'utf-8' })) {
        isStream ??= answerOf(reply) === 'stream';
        if (!isStream) break;
        const event = parser.push(line);
        this.#lastEventId = parser.lastEventId;
        this.#retry = parser.retry ?? this.#retry;
        if (event === null) continue;
        this.#fruitless = 0;
        yield event;
      }
      return this.#isOver(reply);
    } catch (error) {
      throw error instanceof RangeError ? tooLarge(reply, error) : error;
    } finally {
      reply.abort();
    }
  }

  #open(): NetworkReply {
    // Own properties only.
    const { method = 'GET', headers } = Object.assign(Object.create(null), this.#request) as NetworkRequest;
    const fields = new HttpHeaders(headers ?? [])
      .setDefault('accept', 'text/event-stream')
      .setDefault('cache-control', 'no-store');
    const id = fieldValueOf(this.#lastEventId);
    if (id !== null) fields.set('last-event-id', id);
    const request = {
      ...this.#request,
      headers: fields,
      cacheLoadControl: 'always-network',
      cacheSaveControl: false,
    } as const;
    return this.#of.client.request(method, request, this.#options.body);
  }

  #isOver(reply: NetworkReply): boolean {
    const answer = answerOf(reply);
    if (answer === 'refused') throw noStream(reply);
    return answer === 'over';
  }

  /** Ends early when the stream is left, its signal aborts or its client closes; what comes then fails by itself. */
  #wait(): Promise<void> {
    const { clock, client, isClosed } = this.#of;
    const { signal } = this.#request;
    // That has happened while an event was looked at, and is told no more.
    if (this.#isLeft || signal?.aborted === true || isClosed()) return Promise.resolve();
    const fruitless = Math.max(this.#fruitless - 1, 0);
    const ms = reconnectionDelay({ fruitless, retry: this.#retry, random: Math.random() });
    return new Promise((resolve) => {
      const end = (): void => {
        clock.clearTimeout(timer);
        signal?.removeEventListener('abort', end);
        forget();
        resolve();
      };
      const timer = clock.setTimeout(end, ms);
      const forget = client.whenClosed(end);
      signal?.addEventListener('abort', end);
      this.#endWait = end;
    });
  }
}

function answerOf(reply: NetworkReply): StreamAnswer {
  return judgeStream(reply.status, reply.headers.get('content-type'));
}

/** An id goes as its bytes in UTF-8; one that no field can carry does not go. */
function fieldValueOf(id: string): string | null {
  const value = utf8Binary(id);
  return id !== '' && isFieldValue(value) ? value : null;
}

function noStream(reply: NetworkReply): NetworkError {
  const { status, url } = reply;
  const type = reply.headers.get('content-type') ?? 'no Content-Type';
  return new NetworkError(
    'unknown-content',
    `${url} was answered ${status} with ${type}, which is no event stream: that is a 200 with text/event-stream`,
    { url, status },
  );
}

function tooLarge({ url, status }: NetworkReply, cause: RangeError): NetworkError {
  const message = `the event stream of ${url} cannot be read: ${cause.message} (maximumEventSize allows more)`;
  return new NetworkError('unknown-content', message, { url, status, cause });
}
