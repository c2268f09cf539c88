import { Call } from '../../call/call.ts';
import { drain } from '../../call/drain.ts';
import { askNobody } from '../../call/question.ts';
import type { HttpRequest } from '../../call/request.ts';
import type { HttpResponse } from '../../call/response.ts';
import type { Next } from '../../call/stage.ts';
import { NetworkError } from '../../error.ts';
import { EMPTY_BODY } from '../../message/body.ts';
import { DEFAULT_TRANSFER_TIMEOUT } from '../../options/options.ts';
import { conditionalFields } from '../rules/validators.ts';
import type { StoredResponse } from '../storage/metadata.ts';
import { type CacheLookup, withoutFields } from './cache-lookup.ts';
import type { NetworkFetch } from './network-fetch.ts';
import type { FetchResult } from './shared-fetch.ts';

/**
 * Validations that run in the background at a time; of one host fewer than it has slots. A stale response that finds no
 * place is used, and asked for again later.
 */
const MAXIMUM_RUNNING = 8;

/** Validates stale responses that were delivered meanwhile (RFC 5861 §3): once for each key, behind everything else. */
export class Revalidator<Stored extends StoredResponse> {
  readonly #network: NetworkFetch<Stored>;
  /** Keys, and their origins. */
  readonly #running = new Map<string, string>();

  constructor(network: NetworkFetch<Stored>) {
    this.#network = network;
  }

  /** Returns at once. */
  start(lookup: CacheLookup, stored: Stored, candidates: readonly Stored[]): void {
    const { url } = lookup.request;
    if (this.#running.has(lookup.key) || this.#running.size >= MAXIMUM_RUNNING) return;
    const ofHost = [...this.#running.values()].filter((origin) => origin === url.origin).length;
    if (ofHost > 0 && ofHost >= lookup.slots - 1) return;
    this.#running.set(lookup.key, url.origin);
    const run: Next = (request, call) => this.#run({ ...lookup, request, call }, stored, candidates);
    const request = backgroundRequest(lookup.request);
    void (lookup.call.sink.behind?.(request, run) ?? alone(request, run, lookup.call)).finally(() =>
      this.#running.delete(lookup.key),
    );
  }

  async #run(lookup: CacheLookup, stored: Stored, candidates: readonly Stored[]): Promise<HttpResponse> {
    const { call } = lookup;
    call.setPriority('low');
    const result = await this.#network.fetch(
      lookup,
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
    await (result.shared === null ? drain(result.response.body, call) : readAlong(result));
    return { ...result.response, body: EMPTY_BODY };
  }
}

/** Where there is no manager to do it for. A failure means that the response stays stale, and the next request tries again. */
async function alone(request: HttpRequest, run: Next, { clock }: Call): Promise<void> {
  const call = new Call({ accept: () => {}, ask: askNobody }, clock);
  await run(request, call).catch(() => {});
}

/** Asks for all that is stored, though a part of it or its head was wanted. A timeout gives up what no user would. */
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
    shared?.incoming.whenOver(over);
    body.start({ data: () => {}, end: over, fail: over });
  });
  body.cancel(new NetworkError('operation-canceled', 'no reply reads the body'));
}
