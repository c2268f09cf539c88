import type { ProxyServer } from '../../../src/call/route.ts';
import { NetworkError } from '../../../src/error.ts';
import type { TlsOptions } from '../../../src/options/tls-options.ts';
import { publicKey } from '../../../src/proxy/proxy-server.ts';
import { pinsFor } from '../../../src/tls/certificate-pins.ts';
import { Handshake } from './handshake.ts';
import type { DialedKey, PreSharedKeys } from './pre-shared-keys.ts';
import type { Reached, Step } from './step.ts';
import { withoutRootDot } from './tls-handshake.ts';
import { identityFor, type TlsIdentity } from './tls-identity.ts';
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

/** Runs TLS with the proxy itself. It verifies the proxy's name by the proxy's own material, and says nothing of the origin. */
export function proxyTlsStep(proxy: ProxyServer, tls: TlsOptions, sessions: TlsSessions): Step {
  return {
    name: 'proxy-tls',
    async take(reached, { endpoint, call, signal, url }): Promise<Reached> {
      const identity = identityFor(tls, proxy.host, url);
      const key = `proxy ${JSON.stringify([publicKey(proxy), identity.key, endpoint.pins])}`;
      const handshake = new Handshake({
        wire: reached.wire!,
        identity,
        name: withoutRootDot(identity.servername ?? proxy.host),
        protocols: ['http/1.1'],
        session: identity.resumes ? sessions.get(key) : null,
        preSharedKey: null,
        keep: identity.resumes ? sessions.keeperOf(key) : null,
        ignoredErrors: NOTHING,
        pins: pinsFor(endpoint.pins, proxy.host),
        report: (fault) => call.sink.faults?.(fault),
        clock: call.clock,
        signal,
        url,
      });
      const { socket } = await handshake.run();
      return { ...reached, wire: socket, inbox: null };
    },
  };
}

const NOTHING: ReadonlySet<string> = new Set();
