import { DIRECT, type ProxyServer, type Route } from '../call/route.ts';

/** What is to be carried. */
export interface Carried {
  /** Nobody on the way may see it: https, and HTTP/2, which no proxy forwards. */
  readonly needsTunnel: boolean;
}

/** Which way a proxy carries a request: null for one that cannot. Equal for equal ways, so that a pool knows them again. */
export function routeThrough(proxy: ProxyServer | null, { needsTunnel }: Carried): Route | null {
  if (proxy === null) return DIRECT;
  const routes = routesOf(proxy);
  if (!proxy.type.startsWith('http')) return proxy.canTunnel ? routes.socks : null;
  if (!needsTunnel && proxy.canForward) return routes.forward;
  return proxy.canTunnel ? routes.tunnel : null;
}

type ProxyRoutes = { readonly [Kind in 'forward' | 'tunnel' | 'socks']: Route };

const known = new WeakMap<ProxyServer, ProxyRoutes>();

function routesOf(proxy: ProxyServer): ProxyRoutes {
  let routes = known.get(proxy);
  if (routes === undefined) {
    routes = {
      forward: { kind: 'forward', proxy },
      tunnel: { kind: 'tunnel', proxy },
      socks: { kind: 'socks', proxy },
    };
    known.set(proxy, routes);
  }
  return routes;
}
