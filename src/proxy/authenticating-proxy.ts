import type { AuthenticatingServer } from '../call/authentication.ts';
import type { ProxyServer } from '../call/route.ts';

/** A proxy as whoever answers its challenges sees it: its origin is what `credentials` names it by. */
export function authenticatingProxy({
  type,
  host,
  port,
  tls,
  user,
  password,
}: ProxyServer): AuthenticatingServer {
  const scheme = !type.startsWith('http') ? type : tls === null ? 'http' : 'https';
  const hostname = host.includes(':') ? `[${host}]` : host;
  const authority = port === DEFAULT_PORTS.get(scheme) ? hostname : `${hostname}:${port}`;
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

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
]);
