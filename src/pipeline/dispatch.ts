import { inadmissible } from '../call/admission.ts';
import { PRECONNECT } from '../call/preconnect.ts';
import type { Next } from '../call/stage.ts';
import { NetworkError } from '../error.ts';
import type { Turn } from '../message/stream-body.ts';
import { openScheme, preconnect } from '../schemes/open-scheme.ts';
import { withoutFragment } from '../util/url.ts';
import type { HttpParts } from './list.ts';
import { withTransportParts } from './transport-parts.ts';

/**
 * Sends each request where its scheme is answered.
 *
 * @param http the list of stages over the transport: the handler of http and https, and of local sockets
 */
export function dispatch(
  http: Next,
  { transport, schemes: handlers, settings, proxies }: HttpParts,
  turn?: Turn,
): Next {
  const { capabilities } = transport;
  const withParts = withTransportParts(settings);
  const routing = capabilities.proxy ? (proxies?.under(settings) ?? null) : null;
  const isHttp = (scheme: string): boolean =>
    scheme === 'http' || scheme === 'https' || (scheme === 'unix+http' && capabilities.localSockets === true);
  return (request, call) => {
    const { url, options } = request;
    const { scheme } = url;
    const refused = inadmissible(url, options, settings);
    if (refused !== null) throw new NetworkError(refused.code, refused.reason, { url: withoutFragment(url) });
    if (isHttp(scheme) && !settings.schemes.has(scheme)) return http(request, call);
    return scheme.startsWith(PRECONNECT)
      ? preconnect(transport, PRECONNECT, routing, withParts(request), call)
      : openScheme(handlers, capabilities, request, call, turn);
  };
}

/** The end of the list: for a hop to a scheme that the application answers itself (a redirect, an upgrade), its handler. */
export function orOwnScheme(last: Next, { settings: { schemes }, transport }: HttpParts, turn?: Turn): Next {
  if (schemes.size === 0) return last;
  return (request, call) =>
    schemes.has(request.url.scheme)
      ? openScheme(schemes, transport.capabilities, request, call, turn)
      : last(request, call);
}
