import { Call } from '../../src/call/call.ts';
import type { Reach } from '../../src/call/parts.ts';
import type { ReplyEvent } from '../../src/call/reply-event.ts';
import type { HttpRequest } from '../../src/call/request.ts';
import type { HttpResponse } from '../../src/call/response.ts';
import type { Next, Rewrite, Stage } from '../../src/call/stage.ts';
import type { ResponseBody } from '../../src/message/body.ts';
import { bytesBody } from '../../src/message/bytes-body.ts';
import { type HeadersInput, HttpHeaders } from '../../src/message/headers.ts';
import type { RequestOptions } from '../../src/options/options.ts';
import { compose } from '../../src/pipeline/compose.ts';
import { DEFAULT_OPTIONS } from '../../src/resolve-options.ts';
import type { Clock } from '../../src/util/clock.ts';
import { parseUrl } from '../../src/util/url.ts';

/** A request value as stages see it. */
export function makeRequest(
  init: Omit<Partial<HttpRequest>, 'url' | 'headers' | 'options'> & {
    readonly url?: string;
    readonly headers?: HeadersInput;
    readonly options?: Partial<RequestOptions>;
  } = {},
): HttpRequest {
  return {
    method: init.method ?? 'GET',
    url: parseUrl(init.url ?? 'http://origin.test/'),
    headers: new HttpHeaders(init.headers),
    body: init.body ?? null,
    options: { ...DEFAULT_OPTIONS, ...init.options },
    own: init.own ?? {},
    ...(init.parts === undefined ? {} : { parts: init.parts }),
  };
}

/** A manager that lets requests go wherever a scheme is answered. */
export const ANYWHERE: Reach = { allowedSchemes: null, fetchSchemes: [], schemes: new Map() };

/** A response value as stages see it; `body` as text, or a body of its own. */
export function makeResponse(
  init: Omit<Partial<HttpResponse>, 'url' | 'headers' | 'body'> & {
    readonly url?: string;
    readonly headers?: HeadersInput;
    readonly body?: string | ResponseBody;
  } = {},
): HttpResponse {
  const { url, headers, body, ...rest } = init;
  return {
    url: parseUrl(url ?? 'http://origin.test/'),
    status: 200,
    reason: 'OK',
    httpVersion: '1.1',
    headers: new HttpHeaders(headers),
    body: typeof body === 'object' ? body : bytesBody(new TextEncoder().encode(body ?? '')),
    security: null,
    source: 'network',
    ...rest,
  };
}

/**
 * A clock that stands still until it is told to move. Timers fire in order while it moves. The clock on the wall can be set
 * apart from it.
 */
export class FakeClock implements Clock {
  #now: number;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  constructor(now = 1_000_000) {
    this.#now = now;
  }

  /** What somebody has set the clock on the wall forward by, or back. */
  set = 0;

  now(): number {
    return this.#now + this.set;
  }

  monotonic(): number {
    return this.#now;
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  setTimeout(callback: () => void, ms: number): unknown {
    const timer = { at: this.#now + ms, callback };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle);
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#now = due.at;
      this.clearTimeout(due);
      due.callback();
    }
    this.#now = end;
  }
}

/** An exchange whose events are kept in a list. Questions get the answer that `ask` gives, which refuses by default. */
export function makeExchange(
  options: { readonly clock?: Clock; readonly ask?: (question: unknown) => Promise<unknown> } = {},
): { readonly exchange: Call; readonly events: ReplyEvent[] } {
  const events: ReplyEvent[] = [];
  const { ask = () => Promise.reject(new Error('unexpected question')) } = options;
  const exchange = new Call(
    {
      accept: (event) => events.push(event),
      ask: async (question) => ({ answer: await ask(question), error: null }) as never,
    },
    options.clock ?? new FakeClock(),
  );
  return { exchange, events };
}

/** Sends a request through one stage, in this turn. */
export function walkNow(
  stage: Stage | Rewrite,
  request: HttpRequest,
  next: Next,
  exchange: Call,
): Promise<HttpResponse> {
  return compose([stage], next)(request, exchange);
}

/** Sends a request through one stage. */
export async function walk(...args: Parameters<typeof walkNow>): Promise<HttpResponse> {
  return walkNow(...args);
}

/** Reads a body to its end. */
export function readBody(body: ResponseBody): Promise<string> {
  return new Promise((resolve, reject) => {
    const decoder = new TextDecoder();
    let text = '';
    body.start({
      data: (chunk) => {
        text += decoder.decode(chunk, { stream: true });
      },
      end: () => resolve(text + decoder.decode()),
      fail: reject,
    });
  });
}
