import { openScheme, preconnect } from '../transport/open-scheme.ts';
import { PRECONNECT } from '../transport/preconnect.ts';
import type { SchemeHandler } from '../transport/schemes.ts';
import type { Transport } from '../transport/transport.ts';
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
    const { scheme } = request.url;
    if (isHttp(scheme)) return http(request, exchange);
    return scheme.startsWith(PRECONNECT)
      ? preconnect(transport, PRECONNECT, request, exchange)
      : openScheme(handlers, capabilities, request, exchange);
  };
}
