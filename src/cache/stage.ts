import type { Call } from '../call/call.ts';
import type { Limits } from '../call/parts.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { Next, Stage } from '../call/stage.ts';
import { UNTOLD_SECURITY } from '../message/connection-security.ts';
import { isRetrieval } from '../message/methods.ts';
import { unsatisfied } from './absent-stage.ts';
import { serializeCacheStatus } from './rules/cache-status.ts';
import { describesStored, freshen } from './rules/freshening.ts';
import { cacheKey } from './rules/key.ts';
import { type Plan, plan } from './rules/plan.ts';
import { responseFromEntry } from './rules/response-from-entry.ts';
import { outdatesStored } from './rules/status.ts';
import { type ExchangeTimes, invalidatedUrls } from './rules/storage-rules.ts';
import { select } from './rules/vary.ts';
import {
  type CacheLookup,
  lookupOf,
  releasing,
  timesSince,
  withCacheStatus,
} from './sharing/cache-lookup.ts';
import { EntryWriters, rescueFor } from './sharing/entry-writers.ts';
import { type ForwardPlan, NetworkFetch } from './sharing/network-fetch.ts';
import { Revalidator } from './sharing/revalidator.ts';
import { type FetchResult, SharedFetch } from './sharing/shared-fetch.ts';
import { SHARING_PATIENCE, SharedFetches, signatureOf } from './sharing/shared-fetches.ts';
import { answerFromCache } from './sharing/stored-answer.ts';
import type { StoredResponse } from './storage/metadata.ts';
import type { NetworkCache } from './storage/network-cache.ts';
import { PatientCache } from './storage/patient-cache.ts';

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
  readonly #writers: EntryWriters<Stored>;
  readonly #network: NetworkFetch<Stored>;
  readonly #revalidator: Revalidator<Stored>;
  readonly #fetches = new SharedFetches();

  constructor(source: NetworkCache<Stored>) {
    this.#patient = source.answersAtOnce === true ? null : new PatientCache(source);
    const cache = this.#patient ?? source;
    this.#cache = cache;
    this.#writers = new EntryWriters(cache);
    this.#network = new NetworkFetch(cache, this.#writers);
    this.#revalidator = new Revalidator(this.#network);
  }

  /** Managers that share a cache share what it does, and each has its own slots. */
  under({ connectionsPerHost }: Limits): Stage {
    return {
      name: this.name,
      handle: (request, next, call) => this.handle(request, next, call, connectionsPerHost),
    };
  }

  /** @param slots requests that may be under way for one host */
  handle(
    request: HttpRequest,
    next: Next,
    call: Call,
    slots = Number.POSITIVE_INFINITY,
  ): Promise<HttpResponse> {
    if (this.#patient !== null) this.#patient.tell = call.sink.faults ?? null;
    const lookup = lookupOf(request, next, call, slots);
    const isRead = isRetrieval(request.method) && request.body === null;
    return isRead ? this.#read(lookup) : this.#write(lookup);
  }

  /** @param joinUntil until when the request may wait for another one's exchange; null while it has not begun to */
  #read(lookup: CacheLookup, joinUntil: number | null = null): Promise<HttpResponse> {
    const publishing = this.#writers.publishing(lookup.key);
    if (publishing !== null) return publishing.then(() => this.#read(lookup, joinUntil));
    const found = this.#cache.match(lookup.key);
    return found instanceof Promise
      ? found.then((candidates) => this.#obey(lookup, candidates, joinUntil))
      : this.#obey(lookup, found, joinUntil);
  }

  async #obey(
    lookup: CacheLookup,
    candidates: readonly Stored[],
    joinUntil: number | null,
  ): Promise<HttpResponse> {
    const { request, call } = lookup;
    call.throwIfCancelled();
    const decision = decide(lookup, candidates);
    switch (decision.action) {
      case 'use': {
        const { stored, delivery, ttl } = decision;
        const cacheStatus = serializeCacheStatus({ hit: true, ttl });
        const init = { delivery, cacheStatus, source: 'cache' } as const;
        const answer = await answerFromCache(this.#cache, lookup, stored, init);
        if (answer === null)
          return this.#obey(
            lookup,
            candidates.filter((one) => one !== stored),
            joinUntil,
          );
        if (decision.revalidate) this.#revalidator.start(lookup, stored, candidates);
        return answer;
      }
      case 'unsatisfiable':
        return unsatisfied(request);
      default:
        if (request.method === 'HEAD') return this.#head(lookup, candidates);
        return isShareable(decision) && call.lease === null
          ? this.#together(lookup, decision, candidates, joinUntil)
          : this.#alone(lookup, decision, candidates);
    }
  }

  /** With an equal request that is under way; else as the one that others may join. */
  async #together(
    lookup: CacheLookup,
    decision: ForwardPlan<Stored>,
    candidates: readonly Stored[],
    joinUntil: number | null,
  ): Promise<HttpResponse> {
    const { call, key } = lookup;
    const now = call.clock.monotonic();
    const until = joinUntil ?? now + patienceOf(lookup);
    if (until <= now || this.#fetches.mustGoAlone(key, now)) return this.#alone(lookup, decision, candidates);
    const signature = signatureOf(lookup);
    const running = this.#fetches.find(lookup, signature);
    if (running === null) return this.#lead(lookup, signature, decision, candidates);
    const answer = await running.join(call, until - now, (result) =>
      result.trouble === undefined
        ? follow(lookup, decision, result)
        : this.#network.standIn(lookup, decision, result.trouble.status, true),
    );
    if (answer === 'late') this.#fetches.setAlone(key, call.clock.monotonic());
    if (answer === 'left' || answer === 'late') return this.#read(lookup, until);
    // What cannot be shared is not waited for a second time.
    return answer ?? this.#read(lookup, now);
  }

  async #alone(
    lookup: CacheLookup,
    decision: ForwardPlan<Stored>,
    candidates: readonly Stored[],
  ): Promise<HttpResponse> {
    const { response } = await this.#network.fetch(lookup, decision, candidates);
    return response;
  }

  #lead(
    lookup: CacheLookup,
    signature: string,
    decision: ForwardPlan<Stored>,
    candidates: readonly Stored[],
  ): Promise<HttpResponse> {
    const leader = lookup.call;
    const fetch = new SharedFetch(leader, async (call) => {
      const over = (): void => this.#fetches.remove(lookup, signature, fetch);
      // At once: what was given up may be slow to fail, and requests that come meanwhile have not given up.
      call.onCancel(over);
      try {
        const shared = { ...lookup, call, reader: leader };
        const result = await this.#network.fetch(shared, decision, candidates, over);
        if (result.shared === null) {
          over();
          // A validated response is found by those that waited for it.
          if (result.response.source === 'network')
            this.#fetches.setAlone(lookup.key, call.clock.monotonic());
        } else {
          const { incoming } = result.shared;
          call.onCancel((reason) => incoming.fail(reason));
          incoming.whenOver(over);
        }
        return result;
      } catch (error) {
        over();
        throw error;
      }
    });
    this.#fetches.add(lookup, signature, fetch);
    return fetch.response;
  }

  /** The answer to a HEAD is not stored; it tells whether what is stored is still true (RFC 9111 §4.3.5). */
  async #head(lookup: CacheLookup, candidates: readonly Stored[]): Promise<HttpResponse> {
    const { request, call } = lookup;
    const started = call.time();
    const response = await lookup.next(request, call);
    const times = timesSince(started, call);
    await releasing(response, () => this.#compare(lookup, candidates, response, times));
    return withCacheStatus(response, serializeCacheStatus({ forward: 'method' }));
  }

  async #compare(
    lookup: CacheLookup,
    candidates: readonly Stored[],
    { status, headers }: HttpResponse,
    times: ExchangeTimes,
  ): Promise<void> {
    const { request, credentials } = lookup;
    const stored = select({ headers: request.headers, credentials }, candidates);
    if (stored === null || !request.options.cacheSaveControl) return;
    const holds = describesStored(headers, status, stored);
    const fresh = holds ? freshen(stored.metadata, headers, request.headers, times) : null;
    if (fresh !== null) await this.#writers.renew(lookup, stored, fresh);
    else if (status !== 304 && (holds || status === stored.metadata.status || outdatesStored(status))) {
      await this.#writers.mark(lookup, stored);
    }
  }

  /** Every other method, and a GET with a body. */
  async #write(lookup: CacheLookup): Promise<HttpResponse> {
    const { request, call } = lookup;
    const { method, url, options } = request;
    const started = call.time();
    const response = await lookup.next(request, call);
    const times = timesSince(started, call);
    return releasing(response, async () => {
      for (const changed of invalidatedUrls(method, url, response.status, response.headers)) {
        await this.#writers.invalidate(cacheKey(changed, options.siteForCookies, request.headers));
      }
      const forward = method === 'GET' ? 'bypass' : 'method';
      return this.#writers.store(lookup, response, times, [], null, forward).response;
    });
  }
}

function decide<Stored extends StoredResponse>(
  lookup: CacheLookup,
  candidates: readonly Stored[],
): Plan<Stored> {
  const { request, credentials, call } = lookup;
  const { method, headers, options } = request;
  return plan({ method, headers, credentials, load: options.cacheLoadControl }, candidates, call.clock.now());
}

/** How long a request waits for the head of another one's exchange: never longer than it would for its own. */
function patienceOf({ request }: CacheLookup): number {
  return Math.min(SHARING_PATIENCE, request.options.transferTimeout || Infinity);
}

/** A request that insists on the network gets an exchange of its own. */
function isShareable({ forward }: ForwardPlan<StoredResponse>): boolean {
  return forward !== 'request' && forward !== 'bypass';
}

/** The answer to a request that waited for an equal one; null when it is not stored, or may not be used for others. */
function follow(
  lookup: CacheLookup,
  { forward }: ForwardPlan<StoredResponse>,
  { shared }: FetchResult,
): HttpResponse | null {
  if (shared === null || shared.incoming.isOver) return null;
  const { stored, incoming } = shared;
  const decision = decide(lookup, [stored]);
  if (decision.action !== 'use' || decision.delivery.kind !== 'whole') return null;
  const cacheStatus = serializeCacheStatus({ forward, stored: true, collapsed: true });
  const { status, reason, headers } = responseFromEntry(
    stored,
    decision.delivery,
    cacheStatus,
    lookup.call.clock.now(),
  );
  const { httpVersion, encrypted } = stored.metadata;
  const { url } = lookup.request;
  return {
    url,
    status,
    reason,
    httpVersion,
    headers,
    security: encrypted ? UNTOLD_SECURITY : null,
    source: 'cache',
    cacheStatus,
    body: incoming.body(rescueFor(lookup, stored), lookup.call),
  };
}
