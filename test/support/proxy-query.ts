import type { ProxyQuery } from '../../src/options/proxy.ts';

/** What a proxy is chosen for when a request goes to that URL. */
export function queryOfUrl(text: string): ProxyQuery {
  const { href, hostname, port, protocol } = new URL(text);
  const scheme = protocol.slice(0, -1) as 'http' | 'https';
  return {
    url: href,
    scheme,
    protocolTag: scheme,
    peerHost: hostname.replace(/^\[|\]$/g, ''),
    peerPort: Number(port || (scheme === 'http' ? 80 : 443)),
    attributes: new Map(),
  };
}
