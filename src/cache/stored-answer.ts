import { NetworkError } from '../error.ts';
import { EMPTY_BODY, type ResponseBody } from '../message/body.ts';
import type { HttpHeaders } from '../message/headers.ts';
import type { HttpResponse } from '../pipeline/stage.ts';
import type { Delivery } from './delivery.ts';
import { freshnessOf } from './freshness.ts';
import type { ResponseMetadata, StoredResponse } from './metadata.ts';
import type { BodyReader, NetworkCache } from './network-cache.ts';
import { parseContentRange } from './range.ts';
import { answerFrom } from './respond.ts';
import { kept, READ_SIZE, type Rescue, StoredBody } from './stored-body.ts';
import { strongEtag } from './validators.ts';
import { type Visit, withFields, withoutFields } from './visit.ts';

/** Fields that make a request ask for less than all. */
const CONDITIONS = ['range', 'if-range', 'if-none-match', 'if-modified-since'] as const;

/** What to deliver of a stored response, and what to say of it. */
export interface AnswerInit {
  readonly delivery: Delivery;
  readonly cacheStatus: string;
  readonly source: 'cache' | 'revalidated';
  /** The metadata as they are since a validation; the stored ones otherwise. */
  readonly metadata?: ResponseMetadata;
}

/**
 * The response that a stored one gives. Null when its bytes are gone or damaged where they begin: then it was a miss, and
 * the entry is removed.
 */
export async function answerFromCache<Stored extends StoredResponse>(
  cache: NetworkCache<Stored>,
  visit: Visit,
  stored: Stored,
  init: AnswerInit,
): Promise<HttpResponse | null> {
  const { metadata = stored.metadata } = init;
  const { request, exchange } = visit;
  const now = exchange.clock.now();
  const answer = answerFrom({ metadata, length: stored.length }, init.delivery, init.cacheStatus, now);
  const isEmpty = request.method === 'HEAD' || answer.start === answer.end;
  const body = isEmpty ? EMPTY_BODY : await openBody(cache, visit, stored, answer.start, answer.end);
  if (body === null) return null;
  return {
    url: request.url,
    status: answer.status,
    reason: answer.reason,
    httpVersion: metadata.httpVersion,
    headers: answer.headers,
    body,
    encrypted: metadata.encrypted,
    source: init.source,
    cacheStatus: init.cacheStatus,
  };
}

/** Bytes `start` to `end` (exclusive) of a stored body, the first of them read and found sound. */
export async function openBody<Stored extends StoredResponse>(
  cache: NetworkCache<Stored>,
  visit: Visit,
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
        return new StoredBody(reader, ahead, start, end, rescue(cache, visit, stored, end));
    }
  } catch {
    // The cache reports what it found; here it is a miss.
  }
  reader?.close();
  await cache.remove(visit.key, stored);
  return null;
}

/** Fetches what is behind the damage, if the network still has the very same representation (RFC 9110 §13.1.5). */
function rescue<Stored extends StoredResponse>(
  cache: NetworkCache<Stored>,
  visit: Visit,
  stored: Stored,
  end: number,
): Rescue {
  return async (offset) => {
    await cache.remove(visit.key, stored);
    const { metadata } = stored;
    const etag = strongEtag(freshnessOf(metadata).headers);
    if (etag === null || metadata.fidelity !== 'exact') throw new Error('it has no strong validator');
    const base = metadata.part?.first ?? 0;
    const [first, last] = [base + offset, base + end - 1];
    const plain = withoutFields(visit.request, ...CONDITIONS);
    const request = withFields(plain, ['range', `bytes=${first}-${last}`, 'if-range', etag]);
    const response = await visit.next(request, visit.exchange);
    if (isRange(response, first, last, etag)) return response.body;
    response.body.cancel(new NetworkError('operation-canceled', 'not the rest of the cached body'));
    throw new Error(`the server answered ${response.status}`);
  };
}

function isRange(response: HttpResponse, first: number, last: number, etag: string): boolean {
  const range = parseContentRange(response.headers.get('content-range') ?? '');
  return (
    response.status === 206 &&
    range?.first === first &&
    range.last === last &&
    strongEtag(response.headers) === etag
  );
}

/** Set-Cookie was taken when it was stored: of a validated response only that of the 304 is new. */
export function withCookiesOf(response: HttpResponse, notModified: HttpHeaders): HttpResponse {
  return notModified.has('set-cookie')
    ? response
    : { ...response, headers: response.headers.without('set-cookie') };
}
