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
  const isHttp = (scheme: string): boolean =>
    scheme === 'http' || scheme === 'https' || (scheme === 'unix+http' && capabilities.localSockets === true);
  const rare: Next = async (request, exchange) => {
    const { openScheme, preconnect } = await loadRare();
    return request.url.scheme.startsWith(PRECONNECT)
      ? preconnect(transport, PRECONNECT, request, exchange)
      : openScheme(handlers, capabilities, request, exchange);
  };
  return (request, exchange) => (isHttp(request.url.scheme) ? http : rare)(request, exchange);
}
