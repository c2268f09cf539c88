import type { Authenticating, AuthenticatingServer } from '../call/authentication.ts';
import { type Peer, Visit } from './visit.ts';

/** Answers the 407 of proxies that pass requests on. A proxy that is asked in the place of another one is a peer of its own. */
export function sendingByProxy(rounds: Authenticating['rounds']): Authenticating['sendByProxy'] {
  return ({ first, answered, telling }, request, next, call) => {
    const { method, url, body } = request;
    const target = url.origin + (url.target.startsWith('/') ? url.target : `/${url.target}`);
    const peers = new Map<AuthenticatingServer, Peer>();
    const peerOf = (server: AuthenticatingServer | null): Peer | null => {
      if (server === null) return null;
      const peer = peers.get(server) ?? {
        server,
        rounds: rounds(server, request, call),
        outgoing: { method, target, body, hostname: server.hostname },
        telling: (given, answer) => telling(given, server, answer),
      };
      peers.set(server, peer);
      return peer;
    };
    const visit = new Visit(
      { first: peerOf(first), of: (response) => peerOf(answered(response)) },
      request,
      next,
      call,
    );
    return visit.begin();
  };
}
