import type { HttpRequest } from '../call/request.ts';
import type { ProxyQuery } from '../options/proxy.ts';
import { withoutFragment } from '../util/url.ts';

/** What a proxy is to be chosen for. */
export function queryOf({ url, options }: HttpRequest): ProxyQuery {
  const { hostname, port, scheme } = url;
  return {
    url: withoutFragment(url),
    peerHost: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
    peerPort: port,
    scheme: scheme as ProxyQuery['scheme'],
    protocolTag: scheme,
    attributes: options.attributes,
  };
}
