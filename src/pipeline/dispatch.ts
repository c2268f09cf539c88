import { NetworkError } from '../error.ts';
import { EMPTY_BODY } from '../message/body.ts';
import { HttpHeaders } from '../message/headers.ts';
import { streamBody } from '../message/stream-body.ts';
import type { TransportCapabilities } from '../transport/capabilities.ts';
import { missingCapability } from '../transport/requirements.ts';
import type { SchemeHandler } from '../transport/schemes.ts';
import { withoutFragment } from '../util/url.ts';
import type { HttpRequest, HttpResponse, Next } from './stage.ts';

/** Sends each request where its scheme is answered; the list of stages is the handler of http and https. */
export function dispatch(
  http: Next,
  capabilities: TransportCapabilities,
  handlers: ReadonlyMap<string, SchemeHandler>,
): Next {
  return (request, exchange) => {
    const { scheme } = request.url;
    if (scheme === 'http' || scheme === 'https') {
      refuseWhatIsHidden(request, capabilities);
      return http(request, exchange);
    }
    const handler = handlers.get(scheme);
    if (handler === undefined) throw unknownScheme(request);
    return open(handler, request, exchange);
  };
}

const open = async (
  handler: SchemeHandler,
  ...args: Parameters<SchemeHandler['open']>
): Promise<HttpResponse> => {
  const answer = await handler.open(...args);
  return answer instanceof Response ? fromResponse(args[0], answer) : answer;
};

function refuseWhatIsHidden(request: HttpRequest, capabilities: TransportCapabilities): void {
  const missing = missingCapability(request, capabilities);
  if (missing === null) return;
  const url = withoutFragment(request.url);
  throw new NetworkError(
    'protocol-invalid-operation',
    `${missing.what}: not possible on this platform (${capabilities.name} has no capability '${missing.capability}')`,
    { url, capability: missing.capability },
  );
}

function unknownScheme(request: HttpRequest): NetworkError {
  const { scheme } = request.url;
  return new NetworkError('protocol-unknown', `Protocol "${scheme}" is unknown`, {
    url: withoutFragment(request.url),
  });
}

function fromResponse(request: HttpRequest, response: Response): HttpResponse {
  return {
    url: request.url,
    status: response.status,
    reason: response.statusText,
    httpVersion: '',
    headers: new HttpHeaders(response.headers),
    body: response.body === null ? EMPTY_BODY : streamBody(response.body),
    encrypted: false,
    source: 'network',
  };
}
