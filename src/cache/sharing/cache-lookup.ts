import type { Call } from '../../call/call.ts';
import type { HttpRequest } from '../../call/request.ts';
import type { HttpResponse } from '../../call/response.ts';
import type { Next } from '../../call/stage.ts';
import { NetworkError } from '../../error.ts';
import { HttpHeaders } from '../../message/headers.ts';
import { credentialsOf } from '../rules/credentials.ts';
import { cacheKey } from '../rules/key.ts';
import type { ExchangeTimes } from '../rules/storage-rules.ts';

/** One request that is looked up in the cache: what the parts of the stage hand on to each other. */
export interface CacheLookup {
  readonly request: HttpRequest;
  readonly next: Next;
  readonly call: Call;
  readonly key: string;
  readonly credentials: string;
  /** Requests that may be under way for its host. */
  readonly slots: number;
  /** Once it has left. */
  readonly asked?: Asked;
  /** Whose reply reads the response, where `call` is shared. */
  readonly reader?: Call;
}

/** What becomes of a resource while a request for it is on its way. */
export interface Asked {
  /** It has changed: the answer may be older than that, and is not stored. */
  outdated: boolean;
  /** Called when that happens. */
  readonly whenOutdated: () => void;
}

export function lookupOf(request: HttpRequest, next: Next, call: Call, slots: number): CacheLookup {
  const { url, headers, options } = request;
  const key = cacheKey(url, options.siteForCookies, headers);
  return { request, next, call: call, key, credentials: credentialsOf(request), slots };
}

/** For a response whose head has arrived now. The time in the queue does not make it older. */
export function timesSince(started: number, call: Call): ExchangeTimes {
  return { requestTime: Math.max(started, call.timings.dequeued), responseTime: call.time() };
}

/** The request with `[name, value, …]` set. */
export function withFields(request: HttpRequest, fields: readonly string[]): HttpRequest {
  if (fields.length === 0) return request;
  const headers = request.headers.clone();
  for (let i = 0; i < fields.length; i += 2) headers.set(fields[i]!, fields[i + 1]!);
  return { ...request, headers };
}

export function withoutFields(request: HttpRequest, ...names: string[]): HttpRequest {
  return { ...request, headers: request.headers.without(...names) };
}

/** The response with our member of Cache-Status behind those of the caches before us (RFC 9211 §2). */
export function withCacheStatus(response: HttpResponse, cacheStatus: string): HttpResponse {
  const pairs = [...response.headers.pairs, 'cache-status', cacheStatus];
  return { ...response, headers: HttpHeaders.adopt(pairs), cacheStatus };
}

/**
 * Works on a response that has arrived, and lets go of it when that fails: a cache of the application's may throw, and the
 * connection would wait for its reader for ever.
 */
export async function releasing<Result>(
  { body, url }: HttpResponse,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    body.cancel(new NetworkError('unknown-content', `the cache failed: ${cause}`, { url: url.href, cause }));
    throw cause;
  }
}
