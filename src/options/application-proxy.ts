import type { ProxyInput } from './proxy.ts';

/** What `default` stands for in all managers of the process or page. Qt: `QNetworkProxy::applicationProxy`. */
export const applicationProxy: { current: ProxyInput } = { current: 'none' };
