import { applicationProxy } from '../../../src/options/application-proxy.ts';
import type { ProxyInput, ProxyQuery } from '../../../src/options/proxy.ts';
import type { ProxySources } from '../../../src/proxy/choose.ts';
import { type Choice, proxiesOfEnvironment } from '../../../src/proxy/environment.ts';
import { parseProxy } from '../../../src/proxy/setting.ts';
import { acceptTls } from '../check-tls.ts';
import { type CreateClient, downloadsWith } from './pac/pac-file.ts';
import { thisHost } from './read-system.ts';
import { SystemProxies } from './system-proxies.ts';

const readEnvironment = (name: string): string | undefined => process.env[name];

const byEnvironment = (query: ProxyQuery): Choice => proxiesOfEnvironment(readEnvironment, query);

/** One for the process, as the settings are. */
let systemProxies: SystemProxies | null = null;

/**
 * Where Node finds what proxy to use.
 * @param create for the PAC file that a system names
 */
export function proxySources(create: CreateClient): ProxySources {
  const asker = {};
  const system = (): SystemProxies => {
    systemProxies ??= new SystemProxies(thisHost, byEnvironment, { download: downloadsWith(create) });
    return systemProxies;
  };
  return {
    applicationProxy: () => applicationProxy.current,
    environment: byEnvironment,
    system: (query) => system().choose(query, asker),
    close: () => systemProxies?.leave(asker),
    check: checkProxy,
  };
}

/** @throws TypeError for what is no proxy, without what may be secret */
export function checkProxy(input: ProxyInput): void {
  const setting = parseProxy(input);
  if (typeof setting === 'string') return;
  for (const proxy of setting) if (proxy !== null && proxy.tls !== null) acceptTls(proxy.tls, 'proxy.tls.');
}
