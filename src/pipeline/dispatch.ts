import { NetworkError } from '../error.ts';
import { inadmissible } from '../transport/admission.ts';
import { openScheme, preconnect } from '../transport/open-scheme.ts';
import { PRECONNECT } from '../transport/preconnect.ts';
import type { SchemeHandler } from '../transport/schemes.ts';
import type { Transport } from '../transport/transport.ts';
import { withoutFragment } from '../util/url.ts';
import type { Next } from './stage.ts';

/**
 * Sends each request where its scheme is answered.
 *
 * @param http the list of stages over the transport: the handler of http and https, and of local sockets
 */
export function dispatch(
  http: Next,
  transport: Transport,
  handlers: ReadonlyMap<string, SchemeHandler>,
): Next {
  const { capabilities } = transport;
  const isHttp = (scheme: string): boolean =>
    scheme === 'http' || scheme === 'https' || (scheme === 'unix+http' && capabilities.localSockets === true);
  return (request, exchange) => {
    const { url, options } = request;
    const { scheme } = url;
    const refused = inadmissible(url, options);
    if (refused !== null) throw new NetworkError(refused.code, refused.reason, { url: withoutFragment(url) });
    if (isHttp(scheme) && !options.schemes.has(scheme)) return http(request, exchange);
    return scheme.startsWith(PRECONNECT)
      ? preconnect(transport, PRECONNECT, request, exchange)
      : openScheme(handlers, capabilities, request, exchange);
  };
}

/** The end of the list: for a hop to a scheme that the application answers itself (a redirect, an upgrade), its handler. */
export function orOwnScheme(last: Next, { capabilities }: Transport): Next {
  return (request, exchange) => {
    const { schemes } = request.options;
    return schemes.size > 0 && schemes.has(request.url.scheme)
      ? openScheme(schemes, capabilities, request, exchange)
      : last(request, exchange);
  };
}
