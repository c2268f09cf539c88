import type { AuthenticatingServer } from '../call/authentication.ts';
import type { ProxyServer } from '../call/route.ts';

/** A proxy as whoever answers its challenges sees it. */
export function authenticatingProxy(proxy: ProxyServer): AuthenticatingServer {
  const { tls, user, password } = proxy;
  const { scheme, hostname, authority } = placeOf(proxy);
  return {
    isProxy: true,
    origin: `${scheme}://${authority}`,
    hostname,
    authority,
    isEncrypted: tls !== null,
    username: user,
    password,
  };
}

/** What a proxy is called in errors, and by `credentials`: its origin, as one would write it. */
export function proxyOrigin(proxy: ProxyServer): string {
  const { scheme, authority } = placeOf(proxy);
  return `${scheme}://${authority}`;
}

function placeOf({ type, host, port, tls }: ProxyServer): {
  scheme: string;
  hostname: string;
  authority: string;
} {
  const scheme = !type.startsWith('http') ? type : tls === null ? 'http' : 'https';
  const hostname = host.includes(':') ? `[${host}]` : host;
  const authority = port === DEFAULT_PORTS.get(scheme) ? hostname : `${hostname}:${port}`;
  return { scheme, hostname, authority };
}

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
]);
