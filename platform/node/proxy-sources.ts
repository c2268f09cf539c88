import { applicationProxy } from '../../src/options/application-proxy.ts';
import type { ProxyInput } from '../../src/options/proxy.ts';
import type { ProxySources } from '../../src/proxy/choose.ts';
import { proxiesOfEnvironment } from '../../src/proxy/environment.ts';
import { parseProxy } from '../../src/proxy/setting.ts';
import { checkTls } from './check-tls.ts';

const readEnvironment = (name: string): string | undefined => process.env[name];

/** Where Node finds what proxy to use. */
export const proxySources: ProxySources = {
  applicationProxy: () => applicationProxy.current,
  environment: (query) => proxiesOfEnvironment(readEnvironment, query),
  system: async (query) => {
    const choice = proxiesOfEnvironment(readEnvironment, query);
    return { ...choice, rule: `system: not read on this platform; ${choice.rule}` };
  },
  check: checkProxy,
};

/** @throws TypeError for what is no proxy, without what may be secret */
export function checkProxy(input: ProxyInput): void {
  const setting = parseProxy(input);
  if (typeof setting === 'string') return;
  for (const proxy of setting) if (proxy !== null && proxy.tls !== null) checkTls(proxy.tls, 'proxy.tls.');
}
