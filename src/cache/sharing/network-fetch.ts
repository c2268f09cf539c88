import { drain } from '../../call/drain.ts';
import type { HttpRequest } from '../../call/request.ts';
import type { HttpResponse } from '../../call/response.ts';
import { joinBodies } from '../../message/join-bodies.ts';
import { serializeCacheStatus } from '../rules/cache-status.ts';
import { receivedCoding, storedCoding } from '../rules/content-coding.ts';
import { freshen } from '../rules/freshening.ts';
import { freshnessOf } from '../rules/freshness.ts';
import type { Plan } from '../rules/plan.ts';
import { rangeOfBody } from '../rules/range.ts';
import { isServerTrouble } from '../rules/status.ts';
import type { ExchangeTimes } from '../rules/storage-rules.ts';
import { confirms, strongEtag } from '../rules/validators.ts';
import type { StoredResponse } from '../storage/metadata.ts';
import type { NetworkCache } from '../storage/network-cache.ts';
import { type CacheLookup, releasing, timesSince, withCacheStatus, withFields } from './cache-lookup.ts';
import type { EntryWriters } from './entry-writers.ts';
import type { FetchResult } from './shared-fetch.ts';
import { answerFromCache, openBody } from './stored-answer.ts';

/** The plans that go to the network. */
export type ForwardPlan<Stored extends StoredResponse> = Extract<
  Plan<Stored>,
  { action: 'validate' | 'fetch' }
>;
type Validation<Stored extends StoredResponse> = Extract<Plan<Stored>, { action: 'validate' }>;

/** Carries out the plans that need the network: sends, understands the answer, and has it stored. */
export class NetworkFetch<Stored extends StoredResponse> {
  readonly #cache: NetworkCache<Stored>;
  readonly #writers: EntryWriters<Stored>;

  constructor(cache: NetworkCache<Stored>, writers: EntryWriters<Stored>) {
    this.#cache = cache;
    this.#writers = writers;
  }

  /**
   * `candidates` are all variants that are stored under the key. `whenOutdated` is called when the resource changes before
   * the head is there.
   */
  async fetch(
    lookup: CacheLookup,
    plan: ForwardPlan<Stored>,
    candidates: readonly Stored[],
    whenOutdated = (): void => {},
  ): Promise<FetchResult> {
    const asked = this.#writers.ask(lookup.key, whenOutdated);
    try {
      return await this.#obey({ ...lookup, asked }, plan, candidates);
    } finally {
      this.#writers.answered(lookup.key, asked);
    }
  }

  async #obey(
    lookup: CacheLookup,
    plan: ForwardPlan<Stored>,
    candidates: readonly Stored[],
  ): Promise<FetchResult> {
    const { call } = lookup;
    const request = withFields(lookup.request, plan.fields);
    const started = call.time();
    let response: HttpResponse;
    try {
      response = await lookup.next(request, call);
    } catch (error) {
      // A timeout has ended the attempt, and counts as trouble of the server.
      const stale = call.cancelled === null ? await this.standIn(lookup, plan) : null;
      if (stale !== null) return { response: stale, shared: null, trouble: { status: undefined } };
      throw error;
    }
    const times = timesSince(started, call);
    return releasing(response, () => this.#take(lookup, plan, candidates, request, response, times));
  }

  async #take(
    lookup: CacheLookup,
    plan: ForwardPlan<Stored>,
    candidates: readonly Stored[],
    request: HttpRequest,
    response: HttpResponse,
    times: ExchangeTimes,
  ): Promise<FetchResult> {
    if (plan.action === 'validate' && isServerTrouble(response.status)) {
      const { status } = response;
      const stale = await this.standIn(lookup, plan, status);
      if (stale !== null) return { ...instead(lookup, response, stale), trouble: { status } };
    }
    if (plan.action === 'validate' && response.status === 304) {
      return this.#notModified(lookup, plan, candidates, response, times);
    }
    const begun = plan.action === 'fetch' ? plan.begun : null;
    if (begun !== null && response.status !== 200) {
      return this.#rest(lookup, request, begun, candidates, response, times);
    }
    const outdated = plan.action === 'validate' ? plan.stored : null;
    return this.#writers.store(lookup, response, times, candidates, outdated, plan.forward);
  }

  /** The stored response in place of an error, where that is allowed (RFC 5861 §4); null where it is not. */
  async standIn(
    lookup: CacheLookup,
    plan: ForwardPlan<Stored>,
    status?: number,
    collapsed = false,
  ): Promise<HttpResponse | null> {
    if (plan.action !== 'validate' || !plan.staleIfError) return null;
    const { stored, delivery, forward } = plan;
    const says = { forward, forwardStatus: status, collapsed, detail: 'stale-if-error' };
    const init = { delivery, cacheStatus: serializeCacheStatus(says), source: 'cache' } as const;
    return answerFromCache(this.#cache, lookup, stored, init);
  }

  /** RFC 9111 §4.3.3 and §4.3.4. */
  async #notModified(
    lookup: CacheLookup,
    plan: Validation<Stored>,
    candidates: readonly Stored[],
    response: HttpResponse,
    times: ExchangeTimes,
  ): Promise<FetchResult> {
    const { stored, forward } = plan;
    const ours = plan.fields.length > 0;
    const metadata = confirms(response.headers, stored.metadata, ours)
      ? freshen(stored.metadata, response.headers, lookup.request.headers, times)
      : null;
    if (!ours) {
      // The condition was the caller's, and so is the answer.
      if (metadata !== null) await this.#writers.renew(lookup, stored, metadata);
      return { response: withCacheStatus(response, serializeCacheStatus({ forward })), shared: null };
    }
    if (metadata !== null) {
      const cacheStatus = serializeCacheStatus({ forward, forwardStatus: 304 });
      const init = {
        delivery: plan.delivery,
        cacheStatus,
        source: 'revalidated',
        metadata,
        validation: response.headers,
      } as const;
      const answer = await answerFromCache(this.#cache, lookup, stored, init);
      if (answer !== null) {
        await this.#writers.renew(lookup, stored, metadata);
        return instead(lookup, response, answer);
      }
    }
    // It speaks of another version. What is stored stays until a whole answer takes its place.
    await this.#writers.mark(lookup, stored);
    return this.#again(lookup, forward, candidates, response);
  }

  /** The answer to a request for the rest of a stored part: together they are the whole (RFC 9111 §3.4). */
  async #rest(
    lookup: CacheLookup,
    asked: HttpRequest,
    begun: Stored,
    candidates: readonly Stored[],
    response: HttpResponse,
    times: ExchangeTimes,
  ): Promise<FetchResult> {
    const range = rangeOfBody(response.headers);
    const fits =
      response.status === 206 &&
      range?.first === begun.length &&
      range.total === begun.metadata.part?.total &&
      range.last === range.total - 1 &&
      strongEtag(response.headers) === strongEtag(freshnessOf(begun.metadata).headers) &&
      receivedCoding(response.headers) === storedCoding(begun.metadata);
    const first = fits ? await openBody(this.#cache, lookup, begun, 0, begun.length) : null;
    if (!fits || first === null) return this.#again(lookup, 'partial', candidates, response);
    const part = { ...lookup, request: asked };
    const result = this.#writers.store(part, response, times, candidates, null, 'partial');
    const fields = result.response.headers.without('content-range', 'content-length');
    const headers = fields.clone().append('content-length', String(range.total));
    const body = joinBodies(first, result.response.body);
    return { response: { ...result.response, status: 200, reason: 'OK', headers, body }, shared: null };
  }

  /** What came is no use: asks for the whole, without conditions of ours. */
  #again(
    lookup: CacheLookup,
    forward: ForwardPlan<Stored>['forward'],
    candidates: readonly Stored[],
    response: HttpResponse,
  ): Promise<FetchResult> {
    drop(lookup, response);
    const plan = { action: 'fetch', forward, fields: [], begun: null } as const;
    return this.fetch(lookup, plan, candidates, lookup.asked?.whenOutdated);
  }
}

function instead(lookup: CacheLookup, dropped: HttpResponse, response: HttpResponse): FetchResult {
  drop(lookup, dropped);
  return { response, shared: null };
}

/** Nobody waits for the end of it. */
function drop(lookup: CacheLookup, response: HttpResponse): void {
  drain(response.body, lookup.call).catch(() => {});
}
