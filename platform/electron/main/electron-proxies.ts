import type { ProxyFactory } from '../../../src/options/proxy.ts';

/** What is used of Electron's `Session` to choose proxies. */
export interface ElectronProxySession {
  /** What Chromium would go through for that URL, in the words of PAC: `PROXY host:3128; DIRECT`. */
  resolveProxy(url: string): Promise<string>;
}

/**
 * The proxies that Chromium would use, with the settings of the system, PAC scripts and `session.setProxy` included, for
 * `proxyFactory`. Asked for each request anew; what Chromium cannot tell ends the request with proxy-not-found.
 *
 *     new NetworkAccessManager({ proxyFactory: electronProxies(session.defaultSession) })
 */
export function electronProxies(session: ElectronProxySession): ProxyFactory {
  // A list as a PAC script gives it.
  return ({ url }) => session.resolveProxy(url);
}
