import { listMembers } from '../../message/field-lexer.ts';
import { HttpHeaders } from '../../message/headers.ts';
import { parseHttpDate } from '../../util/http-date.ts';
import type { ResponseMetadata } from '../storage/metadata.ts';
import { deltaSeconds, type ResponseControl, responseControl } from './control.ts';
import { isHeuristicallyCacheable } from './status.ts';

/** How much of the time since the last modification counts as fresh (RFC 9111 §4.2.2), and at most how long. */
const HEURISTIC_FRACTION = 0.1;
const HEURISTIC_LIMIT = 24 * 60 * 60 * 1000;

/** What follows from a stored response alone, whenever it is asked for. Durations in milliseconds. */
export interface Freshness {
  readonly headers: HttpHeaders;
  readonly control: ResponseControl;
  /** freshness_lifetime of RFC 9111 §4.2.1. */
  readonly lifetime: number;
  /** corrected_initial_age of RFC 9111 §4.2.3. */
  readonly initialAge: number;
  readonly responseTime: number;
}

const known = new WeakMap<ResponseMetadata, Freshness>();

/** Parsed once for each metadata object: a memory cache gives the same one for every hit. */
export function freshnessOf(metadata: ResponseMetadata): Freshness {
  let freshness = known.get(metadata);
  if (freshness === undefined) {
    freshness = judge(metadata);
    known.set(metadata, freshness);
  }
  return freshness;
}

/** current_age of RFC 9111 §4.2.3. A clock that was set back does not make a response younger than it came. */
export function currentAge(freshness: Freshness, now: number): number {
  return freshness.initialAge + Math.max(0, now - freshness.responseTime);
}

function judge(metadata: ResponseMetadata): Freshness {
  // Copied, so that no stage changes what a cache remembers; adopted, because it was checked when it was stored.
  const headers = HttpHeaders.adopt(metadata.headers.slice());
  const control = responseControl(headers);
  const { responseTime } = metadata;
  const date = dateField(headers, 'date', responseTime);
  return {
    headers,
    control,
    lifetime:
      metadata.outdated === true
        ? 0
        : metadata.fidelity === 'filtered'
          ? filteredLifetime(headers, control, responseTime)
          : lifetimeOf(metadata.status, headers, control, date ?? responseTime, responseTime),
    initialAge: initialAge(metadata, headers, date),
    responseTime,
  };
}

function initialAge(metadata: ResponseMetadata, headers: HttpHeaders, date: number | null): number {
  const { requestTime, responseTime } = metadata;
  const apparentAge = date === null ? 0 : Math.max(0, responseTime - date);
  const responseDelay = Math.max(0, responseTime - requestTime);
  return Math.max(apparentAge, ageField(headers) + responseDelay);
}

/** Age, milliseconds. Of several values the first counts, and one that is no number does not (RFC 9111 §5.1). */
function ageField(headers: HttpHeaders): number {
  const field = headers.get('age');
  const first = field === null ? undefined : listMembers(field)[0];
  return (first === undefined ? 0 : (deltaSeconds(first) ?? 0)) * 1000;
}

function lifetimeOf(
  status: number,
  headers: HttpHeaders,
  control: ResponseControl,
  date: number,
  now: number,
): number {
  if (control.maxAge !== null) return control.maxAge * 1000;
  // An Expires that is not one date, "0" above all, lies in the past (RFC 9111 §5.3).
  if (headers.has('expires')) return Math.max(0, (dateField(headers, 'expires', now) ?? 0) - date);
  if (!isHeuristicallyCacheable(status) && !control.public) return 0;
  const lastModified = dateField(headers, 'last-modified', now);
  if (lastModified === null) return 0;
  return Math.min(Math.max(0, date - lastModified) * HEURISTIC_FRACTION, HEURISTIC_LIMIT);
}

/**
 * In a page, of another origin: Age and Date may have been there and are not shown. Only an Expires tells how long the
 * response lives without them.
 */
function filteredLifetime(headers: HttpHeaders, control: ResponseControl, responseTime: number): number {
  const expires = dateField(headers, 'expires', responseTime);
  const left = expires === null ? 0 : Math.max(0, expires - responseTime);
  return control.maxAge === null ? left : Math.min(left, control.maxAge * 1000);
}

function dateField(headers: HttpHeaders, name: string, now: number): number | null {
  const field = headers.get(name);
  return field === null ? null : parseHttpDate(field, now);
}
