import type { HttpHeaders } from '../../message/headers.ts';
import type { CacheLoadControl } from '../../options/options.ts';
import type { StoredResponse } from '../storage/metadata.ts';
import type { ForwardReason } from './cache-status.ts';
import { sameCoding } from './content-coding.ts';
import { type RequestControl, requestControl } from './control.ts';
import { currentAge, freshnessOf } from './freshness.ts';
import { type Delivery, whatToDeliver } from './response-from-entry.ts';
import { conditionalFields, strongEtag } from './validators.ts';
import { type SelectingRequest, select } from './vary.ts';

/** What a plan needs to know of a GET or HEAD request, its fields as they are sent. */
export interface PlannedRequest extends SelectingRequest {
  readonly method: string;
  readonly load: CacheLoadControl;
}

/** What to do with a request. Durations in seconds, as Cache-Status tells them. */
export type Plan<Stored extends StoredResponse = StoredResponse> =
  | {
      readonly action: 'use';
      readonly stored: Stored;
      readonly delivery: Delivery;
      readonly ttl: number;
      /** Validate it in the background (RFC 5861 §3). */
      readonly revalidate: boolean;
    }
  | {
      readonly action: 'validate';
      readonly stored: Stored;
      readonly delivery: Delivery;
      readonly forward: ForwardReason;
      /** `[name, value, …]` to add; empty when there is no validator, or the caller asks a condition of its own. */
      readonly fields: readonly string[];
      /** The stored response may stand in when the server is in trouble or cannot be reached. */
      readonly staleIfError: boolean;
    }
  | {
      readonly action: 'fetch';
      readonly forward: ForwardReason;
      readonly fields: readonly string[];
      /** The stored first part of what `fields` asks the rest of. */
      readonly begun: Stored | null;
    }
  | { readonly action: 'unsatisfiable' };

/** Qt's AlwaysNetwork also has the caches on the way validate, by the fields that the request does not bring itself. */
function reloadFields(headers: HttpHeaders): readonly string[] {
  if (headers.has('cache-control')) return [];
  return ['cache-control', 'no-cache', ...(headers.has('pragma') ? [] : ['pragma', 'no-cache'])];
}

/** Preconditions of the caller that only the origin can judge (RFC 9111 §4.3.2). */
const ORIGIN_PRECONDITIONS = ['if-match', 'if-unmodified-since'];

/**
 * Decides what becomes of a request, given all variants that are stored under its key: use one, validate one, fetch, or
 * nothing at all (RFC 9111 §4, with Qt's load controls).
 */
export function plan<Stored extends StoredResponse>(
  request: PlannedRequest,
  candidates: readonly Stored[],
  now: number,
): Plan<Stored> {
  const control = requestControl(request.headers);
  if (request.load === 'always-network') {
    return fetchPlan('request', reloadFields(request.headers));
  }
  const offline = request.load === 'always-cache' || control.onlyIfCached;
  const bypass = control.noStore || ORIGIN_PRECONDITIONS.some((name) => request.headers.has(name));
  const stored = bypass ? null : select(request, candidates);
  const delivery = stored === null ? null : whatToDeliver(request.method, request.headers, stored);
  const result =
    stored === null || delivery === null
      ? fetchPlan(missReason(bypass, stored, candidates), [], null)
      : judge(request, control, stored, delivery, now);
  if (result.action === 'use' || !offline) {
    return result.action === 'fetch' && stored !== null ? complete(request, result, stored) : result;
  }
  return { action: 'unsatisfiable' };
}

function fetchPlan(
  forward: ForwardReason,
  fields: readonly string[],
  begun: null = null,
): Plan<never> & { action: 'fetch' } {
  return { action: 'fetch', forward, fields, begun };
}

function missReason(
  bypass: boolean,
  stored: StoredResponse | null,
  candidates: readonly StoredResponse[],
): ForwardReason {
  if (bypass) return 'bypass';
  if (stored !== null) return 'partial';
  return candidates.length === 0 ? 'uri-miss' : 'vary-miss';
}

function judge<Stored extends StoredResponse>(
  request: PlannedRequest,
  control: RequestControl,
  stored: Stored,
  delivery: Delivery,
  now: number,
): Plan<Stored> {
  const freshness = freshnessOf(stored.metadata);
  const said = freshness.control;
  const age = currentAge(freshness, now);
  const remaining = freshness.lifetime - age;
  const fresh = remaining > 0;
  const staleness = -remaining;
  const use = (revalidate: boolean): Plan<Stored> => {
    return { action: 'use', stored, delivery, ttl: Math.floor(remaining / 1000), revalidate };
  };
  const validate = (forward: ForwardReason): Plan<Stored> => {
    // A request that itself asks for validation accepts a stale response only by a stale-if-error of its own.
    const granted =
      forward === 'stale' ? Math.max(said.staleIfError, control.staleIfError) : control.staleIfError;
    const staleIfError = !said.mustRevalidate && !said.noCache && granted > 0 && staleness <= granted * 1000;
    const asked = request.headers.has('if-none-match') || request.headers.has('if-modified-since');
    const fields = asked ? [] : conditionalFields(stored.metadata);
    return { action: 'validate', stored, delivery, forward, fields, staleIfError };
  };

  if (said.noCache) return validate('stale');
  if (control.noCache) return validate('request');
  const tooOld = control.maxAge !== null && age > control.maxAge * 1000;
  if (fresh) {
    // RFC 8246 §2: a reload, which asks for max-age=0, does not validate what cannot change while fresh.
    const acceptable = (!tooOld || said.immutable) && remaining >= control.minFresh * 1000;
    return acceptable ? use(false) : validate('request');
  }
  // must-revalidate binds whatever the request or the load control would accept (RFC 9111 §5.2.2.2).
  if (said.mustRevalidate || tooOld || control.minFresh > 0) return validate('stale');
  const accepted = control.maxStale * 1000 >= staleness && control.maxStale > 0;
  if (accepted || request.load === 'prefer-cache' || request.load === 'always-cache') return use(false);
  const mayWait = said.staleWhileRevalidate > 0 && stored.metadata.outdated !== true;
  return mayWait && said.staleWhileRevalidate * 1000 >= staleness
    ? use(!control.onlyIfCached)
    : validate('stale');
}

/** A request for all of what is stored from its start on only fetches the rest, under a strong validator. */
function complete<Stored extends StoredResponse>(
  request: PlannedRequest,
  result: Plan<Stored> & { action: 'fetch' },
  stored: Stored,
): Plan<Stored> {
  const etag = strongEtag(freshnessOf(stored.metadata).headers);
  const isPrefix = stored.metadata.part?.first === 0 && request.method === 'GET';
  if (etag === null || !isPrefix || request.headers.has('range')) return result;
  const fields = ['range', `bytes=${stored.length}-`, 'if-range', etag, ...sameCoding(stored.metadata)];
  return { ...result, fields, begun: stored };
}
