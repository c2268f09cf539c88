import type { HttpResponse } from '../../call/response.ts';
import { EMPTY_BODY, type ResponseBody } from '../../message/body.ts';
import { UNTOLD_SECURITY } from '../../message/connection-security.ts';
import { HttpHeaders } from '../../message/headers.ts';
import { fieldsOfExchange } from '../rules/exchange-fields.ts';
import { type Delivery, responseFromEntry } from '../rules/response-from-entry.ts';
import type { ResponseMetadata, StoredResponse } from '../storage/metadata.ts';
import type { BodyReader, NetworkCache } from '../storage/network-cache.ts';
import { kept, READ_SIZE, type Rescue, StoredBody } from '../storage/stored-body.ts';
import type { CacheLookup } from './cache-lookup.ts';
import { fetchRest } from './fetch-rest.ts';

/** What to deliver of a stored response, and what to say of it. */
export interface AnswerInit {
  readonly delivery: Delivery;
  readonly cacheStatus: string;
  readonly source: 'cache' | 'revalidated';
  /** The metadata as they are since a validation; the stored ones otherwise. */
  readonly metadata?: ResponseMetadata;
  /** The fields of the 304 that has just confirmed it. */
  readonly validation?: HttpHeaders;
}

/**
 * The response that a stored one gives. Null when its bytes are gone or damaged where they begin: then it was a miss, and
 * the entry is removed.
 */
export async function answerFromCache<Stored extends StoredResponse>(
  cache: NetworkCache<Stored>,
  lookup: CacheLookup,
  stored: Stored,
  init: AnswerInit,
): Promise<HttpResponse | null> {
  const { metadata = stored.metadata } = init;
  const { request, call } = lookup;
  const now = call.clock.now();
  const answer = responseFromEntry({ metadata, length: stored.length }, init.delivery, init.cacheStatus, now);
  const isEmpty = request.method === 'HEAD' || answer.start === answer.end;
  const body = isEmpty ? EMPTY_BODY : await openBody(cache, lookup, stored, answer.start, answer.end);
  if (body === null) return null;
  const ofExchange = init.validation === undefined ? [] : fieldsOfExchange(init.validation);
  return {
    url: request.url,
    status: answer.status,
    reason: answer.reason,
    httpVersion: metadata.httpVersion,
    headers:
      ofExchange.length === 0 ? answer.headers : HttpHeaders.adopt([...answer.headers.pairs, ...ofExchange]),
    body,
    security: metadata.encrypted ? UNTOLD_SECURITY : null,
    source: init.source,
    cacheStatus: init.cacheStatus,
  };
}

/** Bytes `start` to `end` (exclusive) of a stored body, the first of them read and found sound. */
export async function openBody<Stored extends StoredResponse>(
  cache: NetworkCache<Stored>,
  lookup: CacheLookup,
  stored: Stored,
  start: number,
  end: number,
): Promise<ResponseBody | null> {
  let reader: BodyReader | null = null;
  try {
    const opening = cache.open(stored);
    reader = opening instanceof Promise ? await opening : opening;
    if (reader !== null) {
      const reading = reader.read(start, Math.min(READ_SIZE, end - start));
      const ahead = reading instanceof Promise ? kept(reader, await reading) : reading;
      if (ahead.length > 0)
        return new StoredBody(reader, ahead, start, end, rescue(cache, lookup, stored, end));
    }
  } catch {
    // The cache reports what it found; here it is a miss.
  }
  reader?.close();
  await cache.remove(lookup.key, stored);
  return null;
}

/** Fetches what is behind the damage. */
function rescue<Stored extends StoredResponse>(
  cache: NetworkCache<Stored>,
  lookup: CacheLookup,
  stored: Stored,
  end: number,
): Rescue {
  return async (offset) => {
    await cache.remove(lookup.key, stored);
    const base = stored.metadata.part?.first ?? 0;
    return fetchRest(lookup, stored.metadata, base + offset, base + end - 1);
  };
}
