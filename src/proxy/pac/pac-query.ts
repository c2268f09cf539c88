import type { ProxyQuery } from '../../options/proxy.ts';

/** The arguments of `FindProxyForURL`. */
export interface PacQuery {
  readonly url: string;
  /** IPv6 without brackets. */
  readonly host: string;
}

/**
 * What a script is told. Of https no path and no query, which only the two ends of a connection know: a script came over
 * the network, and can tell others by the names that it resolves (CVE-2016-3763, CVE-2016-5134; so do all browsers).
 */
export function pacQueryOf({ url, scheme, peerHost, peerPort }: ProxyQuery): PacQuery {
  if (scheme === 'http') return { url, host: peerHost };
  const host = peerHost.includes(':') ? `[${peerHost}]` : peerHost;
  return { url: `https://${host}${peerPort === 443 ? '' : `:${peerPort}`}/`, host: peerHost };
}
