import type { Call } from '../call/call.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Stage } from '../call/stage.ts';
import { EMPTY_BODY } from '../message/body.ts';
import { UNTOLD_SECURITY } from '../message/connection-security.ts';
import { HttpHeaders } from '../message/headers.ts';
import { serializeCacheStatus } from './cache-status.ts';
import { Fetcher, type ForwardPlan } from './fetcher.ts';
import { describesStored, freshen } from './freshening.ts';
import { invalidatedUrls } from './invalidation.ts';
import { cacheKey } from './key.ts';
import type { StoredResponse } from './metadata.ts';
import type { NetworkCache } from './network-cache.ts';
import { notInCache } from './not-in-cache.ts';
import { type Plan, plan } from './plan.ts';
import { answerFrom } from './respond.ts';
import { Revalidator } from './revalidator.ts';
import { select } from './selection.ts';
import { type FetchResult, SharedFetch } from './sharing/shared-fetch.ts';
import { SHARING_PATIENCE, SharedFetches, signatureOf } from './sharing/shared-fetches.ts';
import { outdatesStored } from './status.ts';
import { PatientCache } from './storage/patient-cache.ts';
import { answerFromCache } from './stored-answer.ts';
import { rescueFor, Storer } from './storer.ts';
import type { ExchangeTimes } from './storing.ts';
import { releasing, timesSince, type Visit, visitOf, withCacheStatus } from './visit.ts';

/**
 * Puts a cache into the pipeline: obeys `plan` for GET and HEAD, stores what comes back, and forgets what unsafe methods
 * have changed. It sees the fields as they are sent and the bytes as they are received, and a hit never reaches the queue
 * below it.
 */
export class CacheStage<Stored extends StoredResponse> implements Stage {
  readonly name = 'cache';
  readonly #cache: NetworkCache<Stored>;
  /** The cache again, where it may keep requests waiting. */
  readonly #patient: PatientCache<Stored> | null;
  readonly #storer: Storer<Stored>;
  readonly #fetcher: Fetcher<Stored>;
  readonly #revalidator: Revalidator<Stored>;
  readonly #fetches = new SharedFetches();

  constructor(source: NetworkCache<Stored>) {
    this.#patient = source.answersAtOnce === true ? null : new PatientCache(source);
    const cache = this.#patient ?? source;
    this.#cache = cache;
    this.#storer = new Storer(cache);
    this.#fetcher = new Fetcher(cache, this.#storer);
    this.#revalidator = new Revalidator(this.#fetcher);
  }

  handle(request: HttpRequest, next: Next, exchange: Call): Promise<HttpResponse> {
    if (this.#patient !== null) this.#patient.tell = exchange.sink.faults ?? null;
    const visit = visitOf(request, next, exchange);
    const isRead = (request.method === 'GET' || request.method === 'HEAD') && request.body === null;
    return isRead ? this.#read(visit) : this.#write(visit);
  }

  /** @param joinUntil until when the request may wait for another one's exchange; null while it has not begun to */
  #read(visit: Visit, joinUntil: number | null = null): Promise<HttpResponse> {
    const publishing = this.#storer.publishing(visit.key);
    if (publishing !== null) return publishing.then(() => this.#read(visit, joinUntil));
    const found = this.#cache.match(visit.key);
    return found instanceof Promise
      ? found.then((candidates) => this.#obey(visit, candidates, joinUntil))
      : this.#obey(visit, found, joinUntil);
  }

  async #obey(visit: Visit, candidates: readonly Stored[], joinUntil: number | null): Promise<HttpResponse> {
    const { request, exchange } = visit;
    exchange.throwIfCancelled();
    const decision = decide(visit, candidates);
    switch (decision.action) {
      case 'use': {
        const { stored, delivery, ttl } = decision;
        const cacheStatus = serializeCacheStatus({ hit: true, ttl });
        const init = { delivery, cacheStatus, source: 'cache' } as const;
        const answer = await answerFromCache(this.#cache, visit, stored, init);
        if (answer === null)
          return this.#obey(
            visit,
            candidates.filter((one) => one !== stored),
            joinUntil,
          );
        if (decision.revalidate) this.#revalidator.start(visit, stored, candidates);
        return answer;
      }
      case 'unsatisfiable':
        return notCached(visit);
      default:
        if (request.method === 'HEAD') return this.#head(visit, candidates);
        return isShareable(decision)
          ? this.#together(visit, decision, candidates, joinUntil)
          : this.#alone(visit, decision, candidates);
    }
  }

  /** With an equal request that is under way; else as the one that others may join. */
  async #together(
    visit: Visit,
    decision: ForwardPlan<Stored>,
    candidates: readonly Stored[],
    joinUntil: number | null,
  ): Promise<HttpResponse> {
    const { exchange, key } = visit;
    const now = exchange.clock.monotonic();
    const until = joinUntil ?? now + patienceOf(visit);
    if (until <= now || this.#fetches.mustGoAlone(key, now)) return this.#alone(visit, decision, candidates);
    const signature = signatureOf(visit);
    const running = this.#fetches.find(visit, signature);
    if (running === null) return this.#lead(visit, signature, decision, candidates);
    const answer = await running.join(exchange, until - now, (result) =>
      result.trouble === undefined
        ? follow(visit, decision, result)
        : this.#fetcher.standIn(visit, decision, result.trouble.status, true),
    );
    if (answer === 'late') this.#fetches.setAlone(key, exchange.clock.monotonic());
    if (answer === 'left' || answer === 'late') return this.#read(visit, until);
    // What cannot be shared is not waited for a second time.
    return answer ?? this.#read(visit, now);
  }

  async #alone(
    visit: Visit,
    decision: ForwardPlan<Stored>,
    candidates: readonly Stored[],
  ): Promise<HttpResponse> {
    const { response } = await this.#fetcher.fetch(visit, decision, candidates);
    return response;
  }

  #lead(
    visit: Visit,
    signature: string,
    decision: ForwardPlan<Stored>,
    candidates: readonly Stored[],
  ): Promise<HttpResponse> {
    const leader = visit.exchange;
    const fetch = new SharedFetch(leader, async (exchange) => {
      const over = (): void => this.#fetches.remove(visit, signature, fetch);
      // At once: what was given up may be slow to fail, and requests that come meanwhile have not given up.
      exchange.onCancel(over);
      try {
        const shared = { ...visit, exchange, reader: leader };
        const result = await this.#fetcher.fetch(shared, decision, candidates, over);
        if (result.shared === null) {
          over();
          // A validated response is found by those that waited for it.
          if (result.response.source === 'network')
            this.#fetches.setAlone(visit.key, exchange.clock.monotonic());
        } else {
          const { fill } = result.shared;
          exchange.onCancel((reason) => fill.fail(reason));
          fill.whenOver(over);
        }
        return result;
      } catch (error) {
        over();
        throw error;
      }
    });
    this.#fetches.add(visit, signature, fetch);
    return fetch.response;
  }

  /** The answer to a HEAD is not stored; it tells whether what is stored is still true (RFC 9111 §4.3.5). */
  async #head(visit: Visit, candidates: readonly Stored[]): Promise<HttpResponse> {
    const { request, exchange } = visit;
    const started = exchange.time();
    const response = await visit.next(request, exchange);
    const times = timesSince(started, exchange);
    await releasing(response, () => this.#compare(visit, candidates, response, times));
    return withCacheStatus(response, serializeCacheStatus({ forward: 'method' }));
  }

  async #compare(
    visit: Visit,
    candidates: readonly Stored[],
    { status, headers }: HttpResponse,
    times: ExchangeTimes,
  ): Promise<void> {
    const { request, credentials } = visit;
    const stored = select({ headers: request.headers, credentials }, candidates);
    if (stored === null || !request.options.cacheSaveControl) return;
    const holds = describesStored(headers, status, stored);
    const fresh = holds ? freshen(stored.metadata, headers, request.headers, times) : null;
    if (fresh !== null) await this.#storer.renew(visit, stored, fresh);
    else if (status !== 304 && (holds || status === stored.metadata.status || outdatesStored(status))) {
      await this.#storer.mark(visit, stored);
    }
  }

  /** Every other method, and a GET with a body. */
  async #write(visit: Visit): Promise<HttpResponse> {
    const { request, exchange } = visit;
    const { method, url, options } = request;
    const started = exchange.time();
    const response = await visit.next(request, exchange);
    const times = timesSince(started, exchange);
    return releasing(response, async () => {
      for (const changed of invalidatedUrls(method, url, response.status, response.headers)) {
        await this.#storer.invalidate(cacheKey(changed, options.siteForCookies, request.headers));
      }
      const forward = method === 'GET' ? 'bypass' : 'method';
      return this.#storer.store(visit, response, times, [], null, forward).response;
    });
  }
}

function decide<Stored extends StoredResponse>(visit: Visit, candidates: readonly Stored[]): Plan<Stored> {
  const { request, credentials, exchange } = visit;
  const { method, headers, options } = request;
  return plan(
    { method, headers, credentials, load: options.cacheLoadControl },
    candidates,
    exchange.clock.now(),
  );
}

/** How long a request waits for the head of another one's exchange: never longer than it would for its own. */
function patienceOf({ request }: Visit): number {
  return Math.min(SHARING_PATIENCE, request.options.transferTimeout || Infinity);
}

/** A request that insists on the network gets an exchange of its own. */
function isShareable({ forward }: ForwardPlan<StoredResponse>): boolean {
  return forward !== 'request' && forward !== 'bypass';
}

/** The answer to a request that waited for an equal one; null when it is not stored, or may not be used for others. */
function follow(
  visit: Visit,
  { forward }: ForwardPlan<StoredResponse>,
  { shared }: FetchResult,
): HttpResponse | null {
  if (shared === null || shared.fill.isOver) return null;
  const { stored, fill } = shared;
  const decision = decide(visit, [stored]);
  if (decision.action !== 'use' || decision.delivery.kind !== 'whole') return null;
  const cacheStatus = serializeCacheStatus({ forward, stored: true, collapsed: true });
  const { status, reason, headers } = answerFrom(
    stored,
    decision.delivery,
    cacheStatus,
    visit.exchange.clock.now(),
  );
  const { httpVersion, encrypted } = stored.metadata;
  const { url } = visit.request;
  return {
    url,
    status,
    reason,
    httpVersion,
    headers,
    security: encrypted ? UNTOLD_SECURITY : null,
    source: 'cache',
    cacheStatus,
    body: fill.body(rescueFor(visit, stored)),
  };
}

/** Qt's AlwaysCache is an error of its own; `only-if-cached` has a status (RFC 9111 §5.2.1.7). */
function notCached({ request }: Visit): HttpResponse {
  const { url, options } = request;
  if (options.cacheLoadControl === 'always-cache') {
    throw notInCache(url.href);
  }
  const cacheStatus = serializeCacheStatus({ detail: 'only-if-cached' });
  return {
    url,
    status: 504,
    reason: 'Gateway Timeout',
    httpVersion: '1.1',
    headers: new HttpHeaders({ 'cache-status': cacheStatus, 'content-length': '0' }),
    body: EMPTY_BODY,
    security: null,
    source: 'cache',
    cacheStatus,
  };
}
