import { NetworkError } from '../../../src/error.ts';
import { pinsFor } from '../../../src/tls/certificate-pins.ts';
import { Handshake } from './handshake.ts';
import type { DialedKey, PreSharedKeys } from './pre-shared-keys.ts';
import type { Reached, Step } from './step.ts';
import { withoutRootDot } from './tls-handshake.ts';
import type { TlsIdentity } from './tls-identity.ts';
import type { TlsSessions } from './tls-sessions.ts';

/** Runs TLS with the origin over what there is: a socket, a tunnel, a stream. */
export function secureStep(
  identity: TlsIdentity,
  sessions: TlsSessions,
  keys: PreSharedKeys,
  found: DialedKey,
): Step {
  return {
    name: 'secure',
    async take(reached, { endpoint, offer, call, signal, url }): Promise<Reached> {
      const { key, host, ignoredErrors, pins } = endpoint;
      const { key: preSharedKey } = found;
      const resumes = identity.resumes && preSharedKey === null;
      const handshake = new Handshake({
        wire: reached.wire!,
        identity,
        name: withoutRootDot(identity.servername ?? host),
        protocols: offer,
        session: resumes ? sessions.get(key) : null,
        preSharedKey,
        keep: resumes ? sessions.keeperOf(key) : null,
        ignoredErrors,
        pins: pinsFor(pins, host),
        report: (fault) => call.sink.faults?.(fault),
        clock: call.clock,
        signal,
        url,
      });
      if (preSharedKey !== null) keys.set(key, null);
      const { socket, security } = await handshake.run();
      if (preSharedKey !== null) keys.set(key, preSharedKey);
      call.timings.secureConnectEnd = call.time();
      return { ...reached, wire: socket, inbox: null, security };
    },
  };
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
