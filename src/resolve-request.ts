import { PRECONNECT } from './call/preconnect.ts';
import type { HttpRequest } from './call/request.ts';
import { type Checks, checkOptions, TRUTH } from './checks/checker.ts';
import type { RequestBody } from './message/body.ts';
import { isToken } from './message/field-lexer.ts';
import { HttpHeaders, withDefaults } from './message/headers.ts';
import { type BodyInput, jsonBody, toRequestBody } from './message/request-body.ts';
import { resolveUrl } from './options/base-url.ts';
import type { NetworkRequest, RequestInput, RequestOptions } from './options/options.ts';
import { queryOf } from './options/search-params.ts';
import type { Platform } from './platform.ts';
import { METHODS, type Operation } from './reply/operation.ts';
import { ownOptions, resolveRequestOptions } from './resolve-options.ts';
import { brandOf } from './util/brand.ts';
import { withQuery } from './util/url.ts';

/** A request as an object, whatever it was written as. Anything else is taken for a URL, and refused as one later. */
export function toNetworkRequest(input: RequestInput): NetworkRequest {
  return typeof input === 'object' && input !== null && brandOf(input) !== 'URL'
    ? (input as NetworkRequest)
    : { url: input as string | URL };
}

/** What a request is made under: its manager's. */
export interface RequestSurroundings {
  /** The options of a request that sets none. */
  readonly options: RequestOptions;
  /** The fields that a request has unless it brings its own. */
  readonly headers: HttpHeaders;
  readonly platform: Pick<Platform, 'parseUrl' | 'acceptOptions' | 'optionHint'>;
}

/**
 * The request as the pipeline takes it: URL parsed, options merged, body normalised, every text checked.
 * @throws TypeError for anything that could not go over the wire as it stands
 */
export function resolveRequest(
  operation: Operation,
  request: NetworkRequest,
  body: BodyInput | null | undefined,
  { options: defaults, headers, platform }: RequestSurroundings,
): HttpRequest {
  const url = own(request, 'url', request.url);
  if (url === undefined || (typeof url !== 'string' && brandOf(url) !== 'URL'))
    throw new TypeError('request: the url must be a string or a URL');
  const fields = own(request, 'headers', request.headers);
  const params = own(request, 'searchParams', request.searchParams);
  const options = resolveRequestOptions(request, defaults, platform.optionHint);
  platform.acceptOptions?.(options);
  const parsed = resolveUrl(url, options, platform.parseUrl);
  return {
    method: METHODS.get(operation) ?? customMethod(request),
    url: params === undefined ? parsed : withQuery(parsed, queryOf(params)),
    headers: (fields === undefined ? headers : withDefaults(new HttpHeaders(fields), headers)).hiding(
      options.secretHeaders,
    ),
    body: bodyOf(operation, own(request, 'json', request.json), body ?? null),
    options,
    own: ownOptions(request, options),
  };
}

/** What can be said of a connection that is opened ahead. */
export type ConnectOptions = Pick<NetworkRequest, 'tls' | 'http2Allowed'>;

const CONNECT_CHECKS: Checks<ConnectOptions> = {
  tls: { expected: 'an object, or null', accepts: (value) => typeof value === 'object' },
  http2Allowed: TRUTH,
};

/**
 * The request that opens a connection ahead, as `createRequest` sees it.
 * @throws TypeError when `host` is no host or `port` no port
 */
export function connectRequest(
  scheme: 'http' | 'https',
  host: string,
  port: number,
  options: ConnectOptions = {},
): NetworkRequest {
  const checked = checkOptions('connectToHostEncrypted', options, CONNECT_CHECKS);
  const url = `${scheme}://${host.replace(/^[^[]*:.*/, '[$&]')}:${port}`;
  // By the parser of a scheme that knows hosts, and nothing but a host.
  if (/[/?#@\\]/.test(host) || !URL.canParse(url)) {
    throw new TypeError(`not a host and port: ${JSON.stringify(host.replace(/.*@/, ''))}, ${port}`);
  }
  return { ...checked, url: PRECONNECT + url, baseUrl: null };
}

/** Inherited properties do not count. To look whether one is there costs more than to find that it is not. */
function own<Name extends keyof NetworkRequest>(
  request: NetworkRequest,
  name: Name,
  value: NetworkRequest[Name],
): NetworkRequest[Name] | undefined {
  return value !== undefined && Object.hasOwn(request, name) ? value : undefined;
}

function bodyOf(operation: Operation, json: unknown, body: BodyInput | null): RequestBody | null {
  if (json === undefined) return body === null ? null : toRequestBody(body);
  if (body !== null) throw new TypeError("option 'json': there is a body, too");
  if (operation === 'get' || operation === 'head') {
    const sentence = `option 'json': a ${METHODS.get(operation)} has no body (the URL has searchParams)`;
    throw new TypeError(sentence);
  }
  return jsonBody(json);
}

function customMethod(request: NetworkRequest): string {
  const method = own(request, 'method', request.method);
  // CONNECT asks a proxy for a tunnel: that is the dialer's business, and its response has no framing of a message.
  if (typeof method !== 'string' || !isToken(method) || method.toUpperCase() === 'CONNECT')
    throw new TypeError('request: the method must be a token, and not CONNECT');
  return method;
}
