import type { SchemeHandler } from '../transport/schemes.ts';
import type { Transport } from '../transport/transport.ts';
import { loadRare } from './load-rare.ts';
import type { Next } from './stage.ts';

/** Before the scheme that a connection is opened for: how `connectToHost` comes through `createRequest`, as in Qt. */
export const PRECONNECT = 'preconnect-';

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
  return async (request, exchange) => {
    const { scheme } = request.url;
    if (scheme === 'http' || scheme === 'https') return http(request, exchange);
    if (scheme === 'unix+http' && capabilities.localSockets) return http(request, exchange);
    const { openScheme, preconnect } = await loadRare();
    return scheme.startsWith(PRECONNECT)
      ? preconnect(transport, PRECONNECT, request, exchange)
      : openScheme(handlers, capabilities, request, exchange);
  };
}
