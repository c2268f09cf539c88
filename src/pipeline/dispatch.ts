import { NetworkError } from '../error.ts';
import { EMPTY_BODY } from '../message/body.ts';
import { HttpHeaders } from '../message/headers.ts';
import { streamBody } from '../message/stream-body.ts';
import type { Capability } from '../transport/capabilities.ts';
import { missingCapability } from '../transport/requirements.ts';
import type { SchemeHandler } from '../transport/schemes.ts';
import type { Transport } from '../transport/transport.ts';
import { parseUrl, withoutFragment } from '../util/url.ts';
import type { Exchange } from './exchange.ts';
import type { HttpRequest, HttpResponse, Next } from './stage.ts';

/** Before the scheme that a connection is opened for: how `connectToHost` comes through `createRequest`, as in Qt. */
export const PRECONNECT = 'preconnect-';

/**
 * Sends each request where its scheme is answered.
 *
 * @param http the list of stages over the transport: the handler of http and https
 */
export function dispatch(
  http: Next,
  transport: Transport,
  handlers: ReadonlyMap<string, SchemeHandler>,
): Next {
  return (request, exchange) => {
    const { scheme } = request.url;
    if (scheme === 'http' || scheme === 'https') {
      const missing = missingCapability(request, transport.capabilities);
      if (missing !== null) throw refusal(request, transport, missing.capability, missing.what);
      return http(request, exchange);
    }
    if (scheme.startsWith(PRECONNECT)) return connect(transport, request, exchange);
    const handler = handlers.get(scheme);
    if (handler !== undefined) return open(handler, request, exchange);
    throw new NetworkError('protocol-unknown', `Protocol "${scheme}" is unknown`, {
      url: withoutFragment(request.url),
    });
  };
}

async function connect(
  transport: Transport,
  request: HttpRequest,
  exchange: Exchange,
): Promise<HttpResponse> {
  if (transport.connect === undefined) throw refusal(request, transport, 'preconnect', 'connecting ahead');
  const url = parseUrl(request.url.href.slice(PRECONNECT.length));
  const encrypted = url.scheme === 'https';
  await transport.connect({ request: { ...request, url }, encrypted }, exchange);
  return answer(request, { encrypted });
}

async function open(handler: SchemeHandler, request: HttpRequest, exchange: Exchange): Promise<HttpResponse> {
  const response = await handler.open(request, exchange);
  if (!(response instanceof Response)) return response;
  return answer(request, {
    status: response.status,
    reason: response.statusText,
    headers: new HttpHeaders(response.headers),
    ...(response.body === null ? {} : { body: streamBody(response.body) }),
  });
}

/** A response that no wire stands behind. */
function answer(request: HttpRequest, parts: Partial<HttpResponse>): HttpResponse {
  return {
    url: request.url,
    status: 0,
    reason: '',
    httpVersion: '',
    headers: new HttpHeaders(),
    body: EMPTY_BODY,
    encrypted: false,
    source: 'network',
    ...parts,
  };
}

function refusal(
  request: HttpRequest,
  { capabilities }: Transport,
  capability: Capability,
  what: string,
): NetworkError {
  return new NetworkError(
    'protocol-invalid-operation',
    `${what}: not possible here, ${capabilities.name} has no capability '${capability}'`,
    { url: withoutFragment(request.url), capability },
  );
}
