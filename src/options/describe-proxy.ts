import { HttpHeaders } from '../message/headers.ts';
import type { NetworkProxy, ProxyInput } from './proxy.ts';
import { describeTlsMaterial, tlsFor } from './tls-material.ts';

/**
 * What a request says of its proxy, in one spelling: equal texts for equal fields, whatever their order. The text holds
 * passwords and private keys: only a digest of it may be kept.
 */
export function describeProxy(proxy: ProxyInput): string {
  if (typeof proxy === 'string') return proxy;
  // Own properties only, and without the form for logs, which hides passwords.
  const own: NetworkProxy = Object.assign(Object.create(null), proxy);
  const { tls = null, headers, ...plain } = own;
  const fields = headers === undefined ? [] : new HttpHeaders(headers).pairs;
  // What functions say counts: two of one text may say different things.
  const material = tls === null ? null : tlsFor(tls, own.host ?? '');
  return JSON.stringify([Object.entries(plain).sort(), fields, describeTlsMaterial(material)]);
}
