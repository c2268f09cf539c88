import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach } from 'vitest';
import { SocketTransport } from '../../platform/node/http/socket-transport.ts';
import { NodeHttpTransport } from '../../platform/node/http-module-transport/node-http-transport.ts';
import { NetworkAccessManager } from '../../platform/node/index.ts';
import type { ManagerOptions } from '../../src/call/parts.ts';
import type { Transport } from '../../src/call/transport.ts';
import { loopbackLookup } from './loopback-lookup.ts';
import type { Echo, Route } from './server/routes.ts';

/** The transports of Node, for tests of the whole list: `describe.each(NODE_TRANSPORTS)`. */
export const NODE_TRANSPORTS: readonly (readonly [string, () => Transport])[] = [
  ['SocketTransport', () => new SocketTransport({ lookup: loopbackLookup })],
  ['NodeHttpTransport', () => new NodeHttpTransport({ lookup: loopbackLookup })],
];

/** A manager for each test over the transport, closed after it. Its cookie jar is empty. */
export function managerOver(
  makeTransport: () => Transport,
  options: ManagerOptions = {},
): () => NetworkAccessManager {
  let manager: NetworkAccessManager;
  beforeEach(() => {
    manager = new NetworkAccessManager({ transport: makeTransport(), ...options });
  });
  afterEach(() => manager.close());
  return () => manager;
}

/** Routes for redirects, HSTS and TLS. */
export const LIST_ROUTES: Readonly<Record<string, Route>> = {
  /** `/to/STATUS?LOCATION`: with a body of `x-length` bytes, when the request asks for it. */
  to: async ({ request, response, argument, url }) => {
    request.resume();
    const location = decodeURIComponent(url.search.slice(1));
    response.writeHead(Number(argument), {
      'x-hop': String(request.url),
      ...(location === '' ? {} : { location }),
    });
    response.end('x'.repeat(Number(request.headers['x-length'] ?? 5)));
  },
  /** `/sts/STATUS?value=VALUE&value=VALUE&location=LOCATION`: Strict-Transport-Security, a field line a value. */
  sts: ({ request, response, argument, url }) => {
    request.resume();
    const location = url.searchParams.get('location');
    response.setHeader('strict-transport-security', url.searchParams.getAll('value'));
    if (location !== null) response.setHeader('location', location);
    response.writeHead(Number(argument)).end('sts');
  },
  /** The name on the certificate that the client has shown, and the name that it has asked for. */
  peer: ({ request, response }) => {
    const socket = request.socket as TLSSocket;
    const { subject } = socket.getPeerCertificate();
    response.end(JSON.stringify({ client: subject?.CN ?? null, servername: socket.servername || null }));
  },
};

/** The URL of a redirect to a location. */
export const redirect = (origin: string, location: string, status = 302): string =>
  `${origin}/to/${status}?${encodeURIComponent(location)}`;

export const fieldsOf = ({ fields }: Echo): Record<string, string> =>
  Object.fromEntries(fields.map(([name, value]) => [name.toLowerCase(), value]));
