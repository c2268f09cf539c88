import type { Call } from '../call/call.ts';
import type { TransportCapabilities } from '../call/capabilities.ts';
import { isHttpResponse } from '../call/is-http-response.ts';
import { refusal } from '../call/refusal.ts';
import type { HttpRequest } from '../call/request.ts';
import type { HttpResponse } from '../call/response.ts';
import type { ProxyRouting } from '../call/route.ts';
import type { SchemeHandler } from '../call/scheme-handler.ts';
import type { Transport } from '../call/transport.ts';
import { NetworkError } from '../error.ts';
import { EMPTY_BODY, type ResponseBody } from '../message/body.ts';
import { UNTOLD_SECURITY } from '../message/connection-security.ts';
import { contentLength } from '../message/content-length.ts';
import { HttpHeaders } from '../message/headers.ts';
import { ownedBody } from '../message/owned-body.ts';
import { streamBody, type Turn } from '../message/stream-body.ts';
import { UnopenedBody } from '../message/unopened-body.ts';
import { brandOf } from '../util/brand.ts';
import { LOCAL_SOCKETS, parseUrl } from '../util/url.ts';

/**
 * Answers a request by the handler of its scheme, which the transport has not answered.
 *
 * @param turn for streams of the application that always have their next chunk
 */
export async function openScheme(
  handlers: ReadonlyMap<string, SchemeHandler>,
  capabilities: TransportCapabilities,
  request: HttpRequest,
  call: Call,
  turn?: Turn,
): Promise<HttpResponse> {
  const { scheme, href: url } = request.url;
  const handler = handlers.get(scheme);
  if (handler === undefined && LOCAL_SOCKETS.includes(scheme))
    throw refusal(request, capabilities, 'localSockets', `the scheme ${scheme}`);
  if (handler === undefined)
    throw new NetworkError(
      'protocol-unknown',
      `Protocol "${scheme}" is unknown (the option schemes adds handlers)`,
      { url },
    );
  const { body } = request;
  const own = body === null ? request : { ...request, body: ownedBody(body) };
  const response = await handler.open(own, call);
  if (isResponse(response)) return fromResponse(request, response, turn);
  if (isHttpResponse(response)) return response;
  throw new TypeError(`the handler of '${scheme}' did not return a response`);
}

/** A Response of any realm whose body is a WHATWG stream: that of node-fetch is a stream of Node. */
function isResponse(value: unknown): value is Response {
  if (brandOf(value) !== 'Response') return false;
  const { body } = value as Response;
  return body === null || typeof body?.getReader === 'function';
}

function fromResponse(request: HttpRequest, response: Response, turn: Turn | undefined): HttpResponse {
  if (response.type === 'error')
    throw new NetworkError('unknown-network', 'the handler returned a network error', {
      url: request.url.href,
    });
  const headers = new HttpHeaders(response.headers);
  return schemeResponse(request, {
    status: response.status,
    reason: response.statusText,
    headers,
    // One that came from a fetch is decoded: a length of encoded bytes says nothing about its body.
    bodyLength: headers.has('content-encoding') ? -1 : contentLength(headers),
    ...(response.body === null ? {} : { body: bodyOf(request, response, response.body, turn) }),
  });
}

/**
 * The body of a Response. One that a fetch has given, which has a URL, may be handed on as it is, unless a signal could abort
 * the request: that ends what passes through here alone.
 */
function bodyOf(
  { options }: HttpRequest,
  response: Response,
  stream: ReadableStream<Uint8Array>,
  turn: Turn | undefined,
): ResponseBody {
  const open = (): ResponseBody => streamBody(stream, bodyFailure, { isLent: true, turn });
  const giveUp = (): void => void stream.cancel().catch(() => {});
  return response.url === '' || options.signal !== null
    ? open()
    : new UnopenedBody({ response, open, done: () => {} }, giveUp);
}

/** Opens a connection ahead to what stands behind `prefix` in the URL. */
export async function preconnect(
  transport: Transport,
  prefix: string,
  routing: ProxyRouting | null,
  request: HttpRequest,
  call: Call,
): Promise<HttpResponse> {
  if (transport.connect === undefined)
    throw refusal(request, transport.capabilities, 'preconnect', 'connecting ahead');
  const url = parseUrl(request.url.href.slice(prefix.length));
  const encrypted = url.scheme === 'https';
  const target = { ...request, url };
  const routed = routing === null ? target : await routing.outgoing(target, call);
  await transport.connect({ request: routed, encrypted }, call);
  return schemeResponse(request, { security: encrypted ? UNTOLD_SECURITY : null });
}

/** A response that no wire stands behind. */
function schemeResponse(request: HttpRequest, parts: Partial<HttpResponse>): HttpResponse {
  return {
    url: request.url,
    status: 0,
    reason: '',
    httpVersion: '',
    headers: new HttpHeaders(),
    body: EMPTY_BODY,
    security: null,
    source: 'network',
    ...parts,
  };
}

function bodyFailure(cause: unknown): NetworkError {
  return new NetworkError('unknown-content', `the body failed: ${String(cause)}`, { cause });
}
