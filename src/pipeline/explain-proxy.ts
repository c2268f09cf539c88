import type { ManagerSettings } from '../call/parts.ts';
import { refusal } from '../call/refusal.ts';
import type { HttpRequest } from '../call/request.ts';
import type { ProxyPart } from '../call/route.ts';
import type { Transport } from '../call/transport.ts';
import type { ProxyExplanation } from '../options/proxy.ts';

/**
 * For the URL that a request would be sent to, which is another one for a host that is known to want TLS (HSTS).
 * @throws NetworkError where proxies are not ours to choose, or none can be chosen
 */
export async function explainProxy(
  proxies: ProxyPart | null,
  { capabilities }: Transport,
  request: HttpRequest,
  settings: ManagerSettings,
): Promise<ProxyExplanation> {
  if (proxies === null || !capabilities.proxy)
    throw refusal(request, capabilities, 'proxy', 'explainProxy()');
  const { preloadedTopLevelDomains, strictTransportSecurity, strictTransportSecurityEnabled } = settings;
  const security = strictTransportSecurityEnabled ? strictTransportSecurity : null;
  await security?.ready;
  const url = security?.upgrade(request.url, preloadedTopLevelDomains) ?? request.url;
  return proxies.explain({ ...request, url }, settings);
}
