import type { ManagerOptions } from '../../src/call/parts.ts';
import { Manager } from '../../src/manager.ts';
import type { ProxyInput } from '../../src/options/proxy.ts';
import { nodePlatform } from './platform.ts';
import { checkProxy } from './proxy/proxy-sources.ts';

export * from '../../src/index.ts';
// In place of the neutral ones of the same names.
export { Authentication } from './authentication.ts';
export { CookieJar } from './cookie-jar.ts';
export { StrictTransportSecurity } from './strict-transport-security.ts';

/** The manager over Node's own sockets. See {@link Manager}. */
export class NetworkAccessManager extends Manager {
  constructor(options: ManagerOptions = {}) {
    super(nodePlatform, options);
  }

  static override get applicationProxy(): ProxyInput {
    return Manager.applicationProxy;
  }

  static override set applicationProxy(proxy: ProxyInput) {
    checkProxy(proxy);
    Manager.applicationProxy = proxy;
  }
}
