import type { AbstractNetworkCache } from '../../../src/cache/storage/abstract-network-cache.ts';
import { MemoryCache } from '../../../src/cache/storage/memory-cache.ts';
import type { Call } from '../../../src/call/call.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { HttpResponse } from '../../../src/call/response.ts';
import type { Next } from '../../../src/call/stage.ts';
import type { HeadersInput, HttpHeaders } from '../../../src/message/headers.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import {
  FakeClock,
  makeExchange,
  makeRequest,
  makeResponse,
  readBody,
  walkNow,
} from '../../support/fixtures.ts';
import { NOW } from './support.ts';

export interface SendInit {
  readonly method?: string;
  readonly url?: string;
  readonly headers?: HeadersInput;
  readonly options?: Partial<RequestOptions>;
  readonly own?: HttpRequest['own'];
  readonly body?: HttpRequest['body'];
}

export interface Answer {
  readonly status: number;
  readonly headers: HttpHeaders;
  readonly text: string;
  readonly source: HttpResponse['source'];
  readonly cacheStatus: string;
}

type ResponseInit = NonNullable<Parameters<typeof makeResponse>[0]>;
type Respond = (request: HttpRequest, exchange: Call) => HttpResponse | Promise<HttpResponse>;

/** A cache stage with a clock that stands still over an origin that does what it is told. */
export class Harness {
  readonly clock = new FakeClock(NOW);
  readonly cache: AbstractNetworkCache;
  /** Requests that the manager lets a host have at a time. */
  slots = 6;
  /** Requests that reached the network. */
  readonly seen: HttpRequest[] = [];
  respond: Respond = () => makeResponse();

  constructor(cache: AbstractNetworkCache = new MemoryCache()) {
    this.cache = cache;
  }

  readonly next: Next = async (request, exchange) => {
    this.seen.push(request);
    return this.respond(request, exchange);
  };

  /** Answers every further request with that. */
  answer(headers: HeadersInput, body = 'body', init: ResponseInit = {}): void {
    this.respond = () => makeResponse({ ...init, headers, body });
  }

  exchange(): Call {
    return makeExchange({ clock: this.clock }).exchange;
  }

  /** The response head, with its body not yet started. */
  open(init: SendInit = {}, exchange = this.exchange()): Promise<HttpResponse> {
    const limits = { connectionsPerHost: this.slots, maximumConnections: Number.POSITIVE_INFINITY };
    return walkNow(this.cache.stage.under!(limits), makeRequest(init), this.next, exchange);
  }

  async send(init: SendInit = {}): Promise<Answer> {
    const { status, headers, body, source, cacheStatus } = await this.open(init);
    return { status, headers, source, cacheStatus: cacheStatus ?? '', text: await readBody(body) };
  }

  /** Seconds pass. */
  wait(seconds: number): void {
    this.clock.advance(seconds * 1000);
  }
}
