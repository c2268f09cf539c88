import type { HttpResponse } from '../../call/response.ts';
import { EMPTY_BODY } from '../../message/body.ts';
import { contentLength } from '../../message/content-length.ts';
import type { HttpHeaders } from '../../message/headers.ts';
import { type ForwardReason, serializeCacheStatus } from '../rules/cache-status.ts';
import { freshnessOf } from '../rules/freshness.ts';
import { parseContentRange } from '../rules/range.ts';
import { outdatesStored } from '../rules/status.ts';
import { describeForStorage, type ExchangeTimes } from '../rules/storage-rules.ts';
import { strongEtag } from '../rules/validators.ts';
import { combination, combine } from '../storage/combine.ts';
import type { ResponseMetadata, StoredResponse } from '../storage/metadata.ts';
import {
  type EntryWriter,
  type MaybePromise,
  type NetworkCache,
  supersedes,
} from '../storage/network-cache.ts';
import type { Rescue } from '../storage/stored-body.ts';
import { type Asked, type CacheLookup, withCacheStatus } from './cache-lookup.ts';
import { fetchRest } from './fetch-rest.ts';
import { IncomingEntry } from './incoming-entry.ts';
import type { FetchResult } from './shared-fetch.ts';

/** Leads the bodies of responses that may be stored through the cache, and knows which are under way. */
export class EntryWriters<Stored extends StoredResponse> {
  readonly #cache: NetworkCache<Stored>;
  readonly #incoming = new Map<string, Set<IncomingEntry>>();
  /** Requests whose heads have not come yet. */
  readonly #asking = new Map<string, Set<Asked>>();
  /** Entries whose bytes are complete and that will be found in a moment. */
  readonly #publishing = new Map<string, Promise<void>>();

  constructor(cache: NetworkCache<Stored>) {
    this.#cache = cache;
  }

  /**
   * Stores a response from the network while it is read, if it may be, and gives what is delivered. `outdated` is the
   * stored response that it was asked for to replace.
   */
  store(
    lookup: CacheLookup,
    response: HttpResponse,
    times: ExchangeTimes,
    candidates: readonly Stored[],
    outdated: Stored | null,
    forward: ForwardReason,
  ): FetchResult {
    const maySave = lookup.request.options.cacheSaveControl && lookup.asked?.outdated !== true;
    const metadata = maySave ? describeForStorage(lookup.request, response, lookup.credentials, times) : null;
    const length = bodyLength(response, metadata);
    const incoming = metadata === null ? null : this.#write(lookup, response, metadata, length, candidates);
    if (metadata === null || incoming === null) {
      if (outdated !== null && replaces(response, outdated)) void this.#cache.remove(lookup.key, outdated);
      return { response: withCacheStatus(response, serializeCacheStatus({ forward })), shared: null };
    }
    const stored = { metadata, length: length ?? -1 };
    const body = incoming.body(rescueFor(lookup, stored), lookup.reader ?? lookup.call);
    const delivered = withCacheStatus(response, serializeCacheStatus({ forward, stored: true }));
    if (length === 0) {
      // There is nothing to wait for: the entry can be found as soon as the head is there.
      body.start({ data: () => {}, end: () => {}, fail: () => {} });
      return { response: delivered, shared: null };
    }
    return {
      response: { ...delivered, body },
      shared: response.status === 206 ? null : { stored, incoming },
    };
  }

  /** What a request for the key has to wait for so as not to miss what has just been received; null for nothing. */
  publishing(key: string): Promise<void> | null {
    return this.#publishing.get(key) ?? null;
  }

  /** Keeps a stored response as a validation has left it, unless that says not to. */
  async renew({ key, request }: CacheLookup, stored: Stored, metadata: ResponseMetadata): Promise<void> {
    if (freshnessOf(metadata).control.noStore) await this.#cache.remove(key, stored);
    else if (request.options.cacheSaveControl) await this.#cache.update(key, stored, metadata);
  }

  /** Keeps a stored response that is known not to be current any more: stale, and not gone (RFC 9111 §4.3.5). */
  async mark({ key }: CacheLookup, stored: Stored): Promise<void> {
    await this.#cache.update(key, stored, { ...stored.metadata, outdated: true });
  }

  /** A request leaves for the network; to be told again when it is `answered`. */
  ask(key: string, whenOutdated: () => void): Asked {
    const asked = { outdated: false, whenOutdated };
    this.#asking.set(key, (this.#asking.get(key) ?? new Set()).add(asked));
    return asked;
  }

  answered(key: string, asked: Asked): void {
    const others = this.#asking.get(key);
    others?.delete(asked);
    if (others?.size === 0) this.#asking.delete(key);
  }

  /** The resource has changed: what is stored of it goes, and what is under way is not stored any more. */
  async invalidate(key: string): Promise<void> {
    for (const asked of this.#asking.get(key) ?? []) {
      asked.outdated = true;
      asked.whenOutdated();
    }
    for (const incoming of this.#incoming.get(key) ?? []) incoming.doom();
    await this.#publishing.get(key);
    await this.#cache.remove(key);
  }

  #write(
    { key, call: { clock } }: CacheLookup,
    response: HttpResponse,
    metadata: ResponseMetadata,
    length: number | null,
    candidates: readonly Stored[],
  ): IncomingEntry | null {
    const previous = candidates.find((candidate) => supersedes(metadata, candidate.metadata)) ?? null;
    if (previous !== null && holdsAlready(previous, metadata)) return null;
    const writer = this.#cache.insert(key, metadata, length);
    if (writer === null) return null;
    const publish = this.#publisher(key, metadata, length, previous, writer);
    const commit = (): MaybePromise<void> => this.#track(key, publish());
    const source = length === 0 ? EMPTY_BODY : response.body;
    const incoming = new IncomingEntry({ source, writer, length, commit, clock });
    const entries = this.#incoming.get(key) ?? new Set();
    this.#incoming.set(key, entries.add(incoming));
    incoming.whenOver(() => {
      entries.delete(incoming);
      if (entries.size === 0 && this.#incoming.get(key) === entries) this.#incoming.delete(key);
    });
    return incoming;
  }

  #publisher(
    key: string,
    metadata: ResponseMetadata,
    length: number | null,
    previous: Stored | null,
    writer: EntryWriter,
  ): () => MaybePromise<void> {
    const both = length === null || previous === null ? null : combination(metadata, length, previous);
    if (both === null || previous === null) return () => writer.commit();
    return () => combine(this.#cache, key, previous, writer, both);
  }

  #track(key: string, published: MaybePromise<void>): MaybePromise<void> {
    if (published === undefined) return undefined;
    const done = Promise.allSettled([this.#publishing.get(key), published]).then(() => {
      if (this.#publishing.get(key) === done) this.#publishing.delete(key);
    });
    this.#publishing.set(key, done);
    return published;
  }
}

/** Where the rest of a response comes from that is stored while it arrives, and got lost on the way to one reply. */
export function rescueFor(lookup: CacheLookup, { metadata, length }: StoredResponse): Rescue {
  const base = metadata.part?.first ?? 0;
  const last = length < 0 ? null : base + length - 1;
  return (offset) => fetchRest(lookup, metadata, base + offset, last);
}

/** A part must not replace the complete response that it is a part of. */
function holdsAlready(previous: StoredResponse, metadata: ResponseMetadata): boolean {
  return (
    metadata.part !== null &&
    previous.metadata.part === null &&
    isOf(freshnessOf(metadata).headers, previous.metadata)
  );
}

/** Whether these are fields of the stored representation. */
function isOf(headers: HttpHeaders, metadata: ResponseMetadata): boolean {
  const etag = strongEtag(headers);
  return etag !== null && etag === strongEtag(freshnessOf(metadata).headers);
}

/** Whether an answer that is not stored shows all the same that what was stored is no longer true. */
function replaces({ status, headers }: HttpResponse, { metadata }: StoredResponse): boolean {
  return outdatesStored(status) && !(status === 206 && isOf(headers, metadata));
}

/** Bytes that the body must have to be complete, or null when only its end tells. */
function bodyLength(
  { status, headers, fidelity }: HttpResponse,
  metadata: ResponseMetadata | null,
): number | null {
  if (status === 204) return 0;
  const isExact = fidelity === undefined || fidelity === 'exact';
  // Where the platform decodes, the field may be that of the coded bytes.
  if (!isExact && (fidelity === 'filtered' || headers.has('content-encoding'))) return null;
  if (metadata !== null && status === 206) {
    const range = parseContentRange(headers.get('content-range') ?? '');
    return range === null ? null : range.last - range.first + 1;
  }
  const length = contentLength(headers);
  return length < 0 ? null : length;
}
