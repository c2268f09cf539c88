import { Call } from '../call/call.ts';
import { drain } from '../call/drain.ts';
import { askNobody } from '../call/question.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import { EMPTY_BODY } from '../message/body.ts';
import { DEFAULT_TRANSFER_TIMEOUT } from '../options/options.ts';
import type { Fetcher } from './fetcher.ts';
import type { StoredResponse } from './metadata.ts';
import type { FetchResult } from './sharing/shared-fetch.ts';
import { conditionalFields } from './validators.ts';
import { type Visit, withoutFields } from './visit.ts';

/**
 * Validations that run in the background at a time; of one host fewer than it has slots. A stale response that finds no
 * place is used, and asked for again later.
 */
const MAXIMUM_RUNNING = 8;

/** Validates stale responses that were delivered meanwhile (RFC 5861 §3): once for each key, behind everything else. */
export class Revalidator<Stored extends StoredResponse> {
  readonly #fetcher: Fetcher<Stored>;
  /** Keys, and their origins. */
  readonly #running = new Map<string, string>();

  constructor(fetcher: Fetcher<Stored>) {
    this.#fetcher = fetcher;
  }

  /** Returns at once. */
  start(visit: Visit, stored: Stored, candidates: readonly Stored[]): void {
    const { url, options } = visit.request;
    if (this.#running.has(visit.key) || this.#running.size >= MAXIMUM_RUNNING) return;
    const ofHost = [...this.#running.values()].filter((origin) => origin === url.origin).length;
    if (ofHost > 0 && ofHost >= options.connectionsPerHost - 1) return;
    this.#running.set(visit.key, url.origin);
    const run: Next = (request, exchange) => this.#run({ ...visit, request, exchange }, stored, candidates);
    const request = backgroundRequest(visit.request);
    void (visit.exchange.sink.behind?.(request, run) ?? alone(request, run, visit.exchange)).finally(() =>
      this.#running.delete(visit.key),
    );
  }

  async #run(visit: Visit, stored: Stored, candidates: readonly Stored[]): Promise<HttpResponse> {
    const { exchange } = visit;
    exchange.setPriority('low');
    const result = await this.#fetcher.fetch(
      visit,
      {
        action: 'validate',
        stored,
        delivery: { kind: 'whole' },
        forward: 'stale',
        fields: conditionalFields(stored.metadata),
        staleIfError: false,
      },
      candidates,
    );
    await (result.shared === null ? drain(result.response.body, exchange) : readAlong(result));
    return { ...result.response, body: EMPTY_BODY };
  }
}

/** Where there is no manager to do it for. A failure means that the response stays stale, and the next request tries again. */
async function alone(request: HttpRequest, run: Next, { clock }: Call): Promise<void> {
  const exchange = new Call({ accept: () => {}, ask: askNobody }, clock);
  await run(request, exchange).catch(() => {});
}

/** Asks for what is stored, whatever part of it, or only its head, was wanted; and nobody is there to give up a wait. */
function backgroundRequest(request: HttpRequest): HttpRequest {
  const plain = withoutFields(request, 'range', 'if-range', 'if-none-match', 'if-modified-since');
  const transferTimeout = request.options.transferTimeout || DEFAULT_TRANSFER_TIMEOUT;
  const options = { ...request.options, transferTimeout, signal: null, autoDeleteReplies: false };
  return { ...plain, method: 'GET', options };
}

/** Reads for the cache, as long as that stores what comes. */
async function readAlong({ response: { body }, shared }: FetchResult): Promise<void> {
  await new Promise<void>((resolve) => {
    const over = (): void => resolve();
    shared?.fill.whenOver(over);
    body.start({ data: () => {}, end: over, fail: over });
  });
  body.cancel(new NetworkError('operation-canceled', 'nobody else reads the body'));
}
