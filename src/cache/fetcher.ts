import { drain } from '../call/drain.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import { joinBodies } from '../message/join-bodies.ts';
import { serializeCacheStatus } from './cache-status.ts';
import { receivedCoding, storedCoding } from './content-coding.ts';
import { freshen } from './freshening.ts';
import { freshnessOf } from './freshness.ts';
import type { StoredResponse } from './metadata.ts';
import type { NetworkCache } from './network-cache.ts';
import type { Plan } from './plan.ts';
import { parseContentRange } from './range.ts';
import type { FetchResult } from './sharing/shared-fetch.ts';
import { isServerTrouble } from './status.ts';
import { answerFromCache, openBody } from './stored-answer.ts';
import type { Storer } from './storer.ts';
import type { ExchangeTimes } from './storing.ts';
import { confirms, strongEtag } from './validators.ts';
import { releasing, timesSince, type Visit, withCacheStatus, withFields } from './visit.ts';

/** The plans that go to the network. */
export type ForwardPlan<Stored extends StoredResponse> = Extract<
  Plan<Stored>,
  { action: 'validate' | 'fetch' }
>;
type Validation<Stored extends StoredResponse> = Extract<Plan<Stored>, { action: 'validate' }>;

/** Carries out the plans that need the network: sends, understands the answer, and has it stored. */
export class Fetcher<Stored extends StoredResponse> {
  readonly #cache: NetworkCache<Stored>;
  readonly #storer: Storer<Stored>;

  constructor(cache: NetworkCache<Stored>, storer: Storer<Stored>) {
    this.#cache = cache;
    this.#storer = storer;
  }

  /**
   * `candidates` are all variants that are stored under the key. `whenOutdated` is called when the resource changes before
   * the head is there.
   */
  async fetch(
    visit: Visit,
    plan: ForwardPlan<Stored>,
    candidates: readonly Stored[],
    whenOutdated = (): void => {},
  ): Promise<FetchResult> {
    const asked = this.#storer.ask(visit.key, whenOutdated);
    try {
      return await this.#obey({ ...visit, asked }, plan, candidates);
    } finally {
      this.#storer.answered(visit.key, asked);
    }
  }

  async #obey(visit: Visit, plan: ForwardPlan<Stored>, candidates: readonly Stored[]): Promise<FetchResult> {
    const { exchange } = visit;
    const request = withFields(visit.request, plan.fields);
    const started = exchange.time();
    let response: HttpResponse;
    try {
      response = await visit.next(request, exchange);
    } catch (error) {
      // A timeout has ended the attempt, and counts as trouble of the server.
      const stale = exchange.cancelled === null ? await this.standIn(visit, plan) : null;
      if (stale !== null) return { response: stale, shared: null, trouble: { status: undefined } };
      throw error;
    }
    const times = timesSince(started, exchange);
    return releasing(response, () => this.#take(visit, plan, candidates, request, response, times));
  }

  async #take(
    visit: Visit,
    plan: ForwardPlan<Stored>,
    candidates: readonly Stored[],
    request: HttpRequest,
    response: HttpResponse,
    times: ExchangeTimes,
  ): Promise<FetchResult> {
    if (plan.action === 'validate' && isServerTrouble(response.status)) {
      const { status } = response;
      const stale = await this.standIn(visit, plan, status);
      if (stale !== null) return { ...instead(visit, response, stale), trouble: { status } };
    }
    if (plan.action === 'validate' && response.status === 304) {
      return this.#notModified(visit, plan, candidates, response, times);
    }
    const begun = plan.action === 'fetch' ? plan.begun : null;
    if (begun !== null && response.status !== 200) {
      return this.#rest(visit, request, begun, candidates, response, times);
    }
    const outdated = plan.action === 'validate' ? plan.stored : null;
    return this.#storer.store(visit, response, times, candidates, outdated, plan.forward);
  }

  /** The stored response in place of an error, where that is allowed (RFC 5861 §4); null where it is not. */
  async standIn(
    visit: Visit,
    plan: ForwardPlan<Stored>,
    status?: number,
    collapsed = false,
  ): Promise<HttpResponse | null> {
    if (plan.action !== 'validate' || !plan.staleIfError) return null;
    const { stored, delivery, forward } = plan;
    const says = { forward, forwardStatus: status, collapsed, detail: 'stale-if-error' };
    const init = { delivery, cacheStatus: serializeCacheStatus(says), source: 'cache' } as const;
    return answerFromCache(this.#cache, visit, stored, init);
  }

  /** RFC 9111 §4.3.3 and §4.3.4. */
  async #notModified(
    visit: Visit,
    plan: Validation<Stored>,
    candidates: readonly Stored[],
    response: HttpResponse,
    times: ExchangeTimes,
  ): Promise<FetchResult> {
    const { stored, forward } = plan;
    const ours = plan.fields.length > 0;
    const metadata = confirms(response.headers, stored.metadata, ours)
      ? freshen(stored.metadata, response.headers, visit.request.headers, times)
      : null;
    if (!ours) {
      // The condition was the caller's, and so is the answer.
      if (metadata !== null) await this.#storer.renew(visit, stored, metadata);
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
      const answer = await answerFromCache(this.#cache, visit, stored, init);
      if (answer !== null) {
        await this.#storer.renew(visit, stored, metadata);
        return instead(visit, response, answer);
      }
    }
    // It speaks of another version. What is stored stays until a whole answer takes its place.
    await this.#storer.mark(visit, stored);
    return this.#again(visit, forward, candidates, response);
  }

  /** The answer to a request for the rest of a stored part: together they are the whole (RFC 9111 §3.4). */
  async #rest(
    visit: Visit,
    asked: HttpRequest,
    begun: Stored,
    candidates: readonly Stored[],
    response: HttpResponse,
    times: ExchangeTimes,
  ): Promise<FetchResult> {
    const range = parseContentRange(response.headers.get('content-range') ?? '');
    const fits =
      response.status === 206 &&
      range?.first === begun.length &&
      range.total === begun.metadata.part?.total &&
      range.last === range.total - 1 &&
      strongEtag(response.headers) === strongEtag(freshnessOf(begun.metadata).headers) &&
      receivedCoding(response.headers) === storedCoding(begun.metadata);
    const first = fits ? await openBody(this.#cache, visit, begun, 0, begun.length) : null;
    if (!fits || first === null) return this.#again(visit, 'partial', candidates, response);
    const part = { ...visit, request: asked };
    const result = this.#storer.store(part, response, times, candidates, null, 'partial');
    const fields = result.response.headers.without('content-range', 'content-length');
    const headers = fields.clone().append('content-length', String(range.total));
    const body = joinBodies(first, result.response.body);
    return { response: { ...result.response, status: 200, reason: 'OK', headers, body }, shared: null };
  }

  /** What came is no use: asks for the whole, without conditions of ours. */
  #again(
    visit: Visit,
    forward: ForwardPlan<Stored>['forward'],
    candidates: readonly Stored[],
    response: HttpResponse,
  ): Promise<FetchResult> {
    drop(visit, response);
    const plan = { action: 'fetch', forward, fields: [], begun: null } as const;
    return this.fetch(visit, plan, candidates, visit.asked?.whenOutdated);
  }
}

function instead(visit: Visit, dropped: HttpResponse, response: HttpResponse): FetchResult {
  drop(visit, dropped);
  return { response, shared: null };
}

/** Nobody waits for the end of it. */
function drop(visit: Visit, response: HttpResponse): void {
  drain(response.body, visit.exchange).catch(() => {});
}
