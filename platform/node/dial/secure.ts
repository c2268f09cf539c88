import type { TLSSocket } from 'node:tls';
import { NetworkError } from '../../../src/error.ts';
import { nodeOptions } from '../node-options.ts';
import { chainOf, securityOf } from './security.ts';
import type { Dialing, Reached, Step } from './step.ts';
import { secured, tlsConnectionOptions } from './tls-handshake.ts';
import type { TlsIdentity } from './tls-identity.ts';
import type { Peer, TlsSessions } from './tls-sessions.ts';

/** Runs TLS with the origin over what there is: a socket, a tunnel, a stream. */
export function secureStep(identity: TlsIdentity, sessions: TlsSessions): Step {
  return {
    name: 'secure',
    async take(reached, dialing): Promise<Reached> {
      const { endpoint, call, signal } = dialing;
      const session = sessions.get(endpoint.key);
      const peer: Peer = { chain: null };
      const socket = handshake(reached, dialing, identity, session?.ticket ?? null);
      socket.on('session', (ticket) => sessions.set(endpoint.key, { ticket, peer }));
      await secured(socket, signal);
      // An alert of TLS comes as an error that closes nothing, when there may be no other listener.
      socket.on('error', (error) => socket.destroy(error));
      call.timings.secureConnectEnd = call.time();
      const chain = chainOf(socket, session?.peer.chain ?? undefined);
      peer.chain = chain;
      return { ...reached, wire: socket, inbox: null, security: securityOf(socket, chain) };
    },
  };
}

function handshake(
  { wire }: Reached,
  { endpoint, offer }: Dialing,
  identity: TlsIdentity,
  session: Buffer | null,
): TLSSocket {
  const options = tlsConnectionOptions({
    context: identity.context,
    name: identity.servername ?? endpoint.host,
    protocols: offer,
    session,
  });
  const { connect } = process.getBuiltinModule('node:tls');
  return connect(nodeOptions('tls', { ...options, socket: wire! }));
}

/** No byte of a request is sent before the application has seen the certificate. */
export const approveStep: Step = {
  name: 'approve',
  async take(reached, { ask, url }): Promise<Reached> {
    const { allowed } = await ask({ type: 'encrypted', security: reached.security! });
    if (allowed) return reached;
    throw new NetworkError('operation-canceled', 'the encrypted connection was declined', { url });
  },
};
