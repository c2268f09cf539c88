import type { ProxyServer } from '../../../../src/call/route.ts';
import type { TlsOptions } from '../../../../src/options/tls-options.ts';
import { publicKey } from '../../../../src/proxy/proxy-server.ts';
import { pinsFor } from '../../../../src/tls/certificate-pins.ts';
import { Handshake } from '../handshake.ts';
import type { Reached, Step } from '../step.ts';
import { withoutRootDot } from '../tls-handshake.ts';
import { identityFor } from '../tls-identity.ts';
import type { TlsSessions } from '../tls-sessions.ts';

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
