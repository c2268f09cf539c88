import type { ManagerSettings } from '../call/parts.ts';
import { refusal } from '../call/refusal.ts';
import type { HttpRequest } from '../call/request.ts';
import type { ProxyPart } from '../call/route.ts';
import type { Transport } from '../call/transport.ts';
import type { ProxyExplanation } from '../options/proxy.ts';

/** @throws NetworkError where proxies are not ours to choose, or none can be chosen */
export function explainProxy(
  proxies: ProxyPart | null,
  { capabilities }: Transport,
  request: HttpRequest,
  settings: ManagerSettings,
): Promise<ProxyExplanation> {
  if (proxies === null || !capabilities.proxy)
    throw refusal(request, capabilities, 'proxy', 'explainProxy()');
  return proxies.explain(request, settings);
}
