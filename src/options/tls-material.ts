import { isUint8Array } from '../util/brand.ts';
import type { TlsOptions } from './tls-options.ts';

/** The material for a host: what its functions say of it. The same object when there are none. */
export function tlsFor(tls: TlsOptions, host: string): TlsOptions {
  if (!isByHost(tls)) return tls;
  const entries = Object.entries(tls).map(([name, value]) => [
    name,
    typeof value === 'function' ? value(host) : value,
  ]);
  return Object.fromEntries(entries);
}

/** Whether there is a function among the material. */
export function isByHost(tls: TlsOptions | null): boolean {
  return tls !== null && Object.values(tls).some((value) => typeof value === 'function');
}

/**
 * TLS material in one spelling: equal texts for equal material, whatever the order of the options. Connections, shared
 * exchanges and stored responses are told apart by (a digest of) it: the peer of a connection was judged by one CA list,
 * and may have been shown the certificate of one client. Empty when there is none.
 *
 * The text holds private keys: only a digest of it may be kept.
 */
export function describeTlsMaterial(tls: TlsOptions | null): string {
  if (tls === null) return '';
  const described: (string | number)[] = [];
  // Own properties only: what a polluted Object.prototype has was not set by anybody.
  for (const name of Object.keys(tls).sort()) {
    const value: unknown = tls[name as keyof TlsOptions];
    if (value === undefined) continue;
    for (const part of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      described.push(name, typeof part, isUint8Array(part) ? part.join() : String(part));
    }
  }
  return described.length === 0 ? '' : JSON.stringify(described);
}
