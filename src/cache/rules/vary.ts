import { listMembers, namesIn } from '../../message/field-lexer.ts';
import type { HttpHeaders } from '../../message/headers.ts';
import { memoizeLast } from '../../util/memoize.ts';
import { sha256Hex } from '../../util/sha256.ts';
import type { Fidelity, ResponseMetadata, StoredResponse } from '../storage/metadata.ts';
import { acceptsCoding } from './content-coding.ts';
import { responseControl } from './control.ts';
import { freshnessOf } from './freshness.ts';

/** Fields whose members mean the same in any order and case (RFC 9110 §12.5.3, §12.5.4). */
const UNORDERED = new Set(['accept-encoding', 'accept-language']);

/** Fields whose values are kept as digests only, with what makes those: most requests have the values of the last one. */
const SECRET = new Map(
  ['authorization', 'cookie', 'proxy-authorization'].map((name) => [
    name,
    memoizeLast(([value]) => sha256Hex(value!)),
  ]),
);

/**
 * The request fields that select a response by its `Vary`, with their values, or a digest: what
 * `ResponseMetadata.selecting` holds. Null for `*`, which no request matches (RFC 9111 §4.1), and for a cookie that a page
 * does not see.
 *
 * Where `Vary` may have been hidden, everything that the request said is taken to have mattered.
 */
export function selectingFields(
  response: HttpHeaders,
  request: HttpHeaders,
  fidelity: Fidelity,
): (string | null)[] | null {
  const names = new Set(namesIn(response.get('vary')));
  // What is for one user is for the one whose cookies were sent (RFC 9111 §5.2.2.7).
  if (responseControl(response).private && fidelity === 'exact') names.add('cookie');
  if (names.has('*') || (fidelity !== 'exact' && names.has('cookie') && !request.has('cookie'))) return null;
  if (fidelity === 'filtered') for (const name of saidBy(request)) names.add(name);
  return [...names].sort().flatMap((name) => [name, selectingValue(name, request)]);
}

/** True when the request would have selected the stored response. */
export function selects(metadata: ResponseMetadata, request: HttpHeaders): boolean {
  const { selecting, fidelity } = metadata;
  // It was stored before cookies counted for what is private, so it may be of another user.
  if (fidelity === 'exact' && freshnessOf(metadata).control.private && !selecting.includes('cookie'))
    return false;
  // What was not said may have mattered as well.
  if (fidelity === 'filtered') {
    const then = selecting.filter((_, index) => index % 2 === 0);
    if (!saidBy(request).every((name) => then.includes(name))) return false;
  }
  for (let i = 0; i < selecting.length; i += 2) {
    const name = selecting[i]!;
    const presented = selectingValue(name, request);
    if (presented === selecting[i + 1]) continue;
    if (name !== 'accept-language' || !isPreferredLanguage(metadata, presented)) return false;
  }
  return true;
}

/** The fields that a server may have looked at. */
function saidBy(request: HttpHeaders): string[] {
  return Array.from(request, ([name]) => name).filter(
    (name) => name !== 'cache-control' && name !== 'pragma',
  );
}

/** An absent field is not an empty one. */
function selectingValue(name: string, headers: HttpHeaders): string | null {
  const value = headers.get(name);
  if (value === null) return null;
  const digest = SECRET.get(name);
  if (digest !== undefined) return digest([value]);
  const members = listMembers(value);
  if (!UNORDERED.has(name)) return members.join(',');
  return members.map(normalisePreference).sort().join(',');
}

/** `EN ; q=1.0` → `en`: case, white space and the default weight say nothing. */
function normalisePreference(member: string): string {
  const parts = member.toLowerCase().split(';');
  return parts
    .map((part) => part.trim())
    .filter((part) => !/^q=1(?:\.0{0,3})?$/.test(part))
    .join(';');
}

/**
 * RFC 9111 §4.1 lets a cache that knows a field select as the server would: a response in the one language that the
 * request likes best is what it asks for.
 */
function isPreferredLanguage(metadata: ResponseMetadata, presented: string | null): boolean {
  const language = freshnessOf(metadata).headers.get('content-language')?.toLowerCase();
  if (presented === null || language === undefined) return false;
  let best: string | null = null;
  let bestWeight = 0;
  for (const member of presented.split(',')) {
    const [range, parameter] = member.split(';');
    const weight = parameter === undefined ? 1 : Number(parameter.slice(2));
    if (weight === bestWeight) best = null;
    else if (weight > bestWeight) {
      best = range!;
      bestWeight = weight;
    }
  }
  return best !== null && best === language;
}

/** What of a request decides which stored variant is its own. */
export interface SelectingRequest {
  readonly headers: HttpHeaders;
  readonly credentials: string;
}

/** Of the variants that the request selects the complete one, then the most recent (RFC 9111 §4). */
export function select<Stored extends StoredResponse>(
  request: SelectingRequest,
  candidates: readonly Stored[],
): Stored | null {
  let best: Stored | null = null;
  for (const candidate of candidates) {
    const { metadata } = candidate;
    if (metadata.credentials !== request.credentials || !selects(metadata, request.headers)) continue;
    if (!acceptsCoding(request.headers, metadata)) continue;
    if (best === null || isBetter(candidate, best)) best = candidate;
  }
  return best;
}

function isBetter(one: StoredResponse, other: StoredResponse): boolean {
  if ((one.metadata.part === null) !== (other.metadata.part === null)) return one.metadata.part === null;
  return one.metadata.responseTime > other.metadata.responseTime;
}
