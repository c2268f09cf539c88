import type { HttpRequest } from '../../call/request.ts';
import type { HttpResponse } from '../../call/response.ts';
import { namesIn } from '../../message/field-lexer.ts';
import type { HttpHeaders } from '../../message/headers.ts';
import { isSafe } from '../../message/methods.ts';
import { type ParsedUrl, parseUrl, withoutFragment } from '../../util/url.ts';
import { type Fidelity, METADATA_VERSION, type ResponseMetadata } from '../storage/metadata.ts';
import { requestControl, responseControl } from './control.ts';
import { belongsToExchange } from './exchange-fields.ts';
import { type ByteRange, rangeOfBody } from './range.ts';
import { isHeuristicallyCacheable, isNeverStored, isUnderstood } from './status.ts';
import { selectingFields } from './vary.ts';

/** When a request left and when the head of its response arrived, epoch milliseconds. */
export interface ExchangeTimes {
  readonly requestTime: number;
  readonly responseTime: number;
}

/**
 * What to remember of a response, or null when it may not or need not be stored (RFC 9111 §3, as a private cache).
 * `credentials` are those of the request.
 */
export function describeForStorage(
  request: HttpRequest,
  response: HttpResponse,
  credentials: string,
  times: ExchangeTimes,
): ResponseMetadata | null {
  const fidelity = response.fidelity ?? 'exact';
  if (!isStorableMethod(request, response) || requestControl(request.headers).noStore) return null;
  if (isUnsafeToKeep(request, response, fidelity) || isVain(response.headers)) return null;
  if (!permitsStoring(response.status, response.headers)) return null;
  const selecting = selectingFields(response.headers, request.headers, fidelity);
  const isPartial = response.status === 206;
  const range = isPartial ? storedRange(request, response.headers, fidelity) : null;
  if (selecting === null || (isPartial && range === null)) return null;
  return {
    version: METADATA_VERSION,
    url: withoutFragment(request.url),
    // A part is remembered as what it is a part of.
    status: isPartial ? 200 : response.status,
    reason: isPartial ? 'OK' : response.reason,
    httpVersion: response.httpVersion,
    headers: storedFields(response.headers, isPartial, fidelity),
    selecting,
    credentials,
    ...times,
    encrypted: response.security !== null,
    part: range === null || isWhole(range) ? null : { first: range.first, total: range.total },
    fidelity,
  };
}

/** GET, and a POST whose answer says that it is what a GET would bring (RFC 9110 §9.3.3). */
function isStorableMethod(request: HttpRequest, response: HttpResponse): boolean {
  if (request.method === 'GET') return request.body === null;
  if (request.method !== 'POST' || response.status !== 200) return false;
  const location = resolveField(response.headers.get('content-location'), request.url);
  const explicit = responseControl(response.headers).maxAge !== null || response.headers.has('expires');
  return explicit && location !== null && withoutFragment(location) === withoutFragment(request.url);
}

/** What was accepted in spite of a bad certificate, or cannot be keyed by what a page sees of it. */
function isUnsafeToKeep(request: HttpRequest, response: HttpResponse, fidelity: Fidelity): boolean {
  return (
    (response.security?.ignoredErrors.length ?? 0) > 0 ||
    response.redirectedByPlatform === true ||
    mayBeCut(response) ||
    (fidelity === 'filtered' && (request.options.useCredentials || !response.headers.has('expires')))
  );
}

/**
 * Whether the body may be incomplete without a sign of it. The platform may hide that (WebKit). Or the end of the connection
 * alone ends the body: over TLS an attacker may have brought that about, and Node does not tell (RFC 9112 §9.8); of an
 * encoded one the decoder takes what there is.
 */
function mayBeCut({ endsWithConnection, mayBeCutOff, security, headers, status }: HttpResponse): boolean {
  // 204 ends with its head (RFC 9112 §6.3 step 1).
  if (mayBeCutOff === true) return status !== 204;
  return endsWithConnection === true && (security !== null || headers.has('content-encoding'));
}

/** Bodies that do not end, and what neither may be used as it is nor can be validated. */
function isVain(headers: HttpHeaders): boolean {
  const type = headers.get('content-type')?.toLowerCase() ?? '';
  if (type.startsWith('text/event-stream') || type.startsWith('multipart/x-mixed-replace')) return true;
  return responseControl(headers).noCache && !headers.has('etag') && !headers.has('last-modified');
}

function permitsStoring(status: number, headers: HttpHeaders): boolean {
  const control = responseControl(headers);
  if (isNeverStored(status)) return false;
  if (control.mustUnderstand) {
    if (!isUnderstood(status)) return false;
  } else if (control.noStore) return false;
  return (
    control.declaredCacheable ||
    control.maxAge !== null ||
    headers.has('expires') ||
    isHeuristicallyCacheable(status)
  );
}

function storedRange(request: HttpRequest, headers: HttpHeaders, fidelity: Fidelity): ByteRange | null {
  return fidelity === 'exact' && request.headers.has('range') ? rangeOfBody(headers) : null;
}

/** `bytes=0-`, as media players ask, may well bring all. */
function isWhole({ first, last, total }: ByteRange): boolean {
  return first === 0 && last === total - 1;
}

/** Of a part goes what described only the part, of a decoded body what described the coded one. */
function storedFields(headers: HttpHeaders, isPartial: boolean, fidelity: Fidelity): string[] {
  if (isPartial) return keptFields(headers, 'content-range', 'content-length');
  return fidelity === 'exact'
    ? keptFields(headers)
    : keptFields(headers, 'content-encoding', 'content-length');
}

/** The fields that outlive the exchange, flat, without `others`. */
export function keptFields(headers: HttpHeaders, ...others: string[]): string[] {
  const named = namesIn(headers.get('connection'));
  const kept: string[] = [];
  for (const [name, value] of headers) {
    if (!belongsToExchange(name) && !named.includes(name) && !others.includes(name)) kept.push(name, value);
  }
  return kept;
}

/** A URL from a field of a response, or null when there is none that parses. */
function resolveField(value: string | null, base: ParsedUrl): ParsedUrl | null {
  if (value === null) return null;
  try {
    return parseUrl(value, base.href);
  } catch {
    return null;
  }
}

/**
 * The URLs that an answer has outdated (RFC 9111 §4.4): of an unsafe method that succeeded, the target and what Location
 * and Content-Location name at the same origin; never those of another origin.
 */
export function invalidatedUrls(
  method: string,
  url: ParsedUrl,
  status: number,
  headers: HttpHeaders,
): ParsedUrl[] {
  if (isSafe(method) || status < 200 || status >= 400) return [];
  const urls = [url];
  for (const name of ['location', 'content-location']) {
    const named = resolveField(headers.get(name), url);
    if (named !== null && named.origin === url.origin) urls.push(named);
  }
  return urls;
}
