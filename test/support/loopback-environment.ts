import type { TransportEnvironment } from '../suites/transport.ts';
import { CertificateAuthority } from './certificate.ts';
import { startServer } from './server.ts';

type Environment = TransportEnvironment & { close(): Promise<void> };

/** Servers of one's own for a run of `testTransport` under Node. */
export async function loopbackEnvironment(parser: TransportEnvironment['parser']): Promise<Environment> {
  const authority = new CertificateAuthority();
  const plain = await startServer();
  const secure = await startServer({ identity: authority.issue() });
  return {
    server: plain.origin,
    secureServer: { origin: secure.origin, ca: authority.certificate },
    parser,
    close: async () => {
      await plain.close();
      await secure.close();
    },
  };
}

/** The same where everything that is tested goes over TLS. */
export async function secureEnvironment(protocol: 'http/1.1' | 'h2'): Promise<Environment> {
  const authority = new CertificateAuthority();
  const identity = authority.issue();
  const control = await startServer({ rawIdentity: identity });
  const secure = await startServer({ identity, http2: protocol === 'h2', journal: control.journal });
  return {
    server: secure.origin,
    control: control.origin,
    secureServer: { origin: secure.origin, ca: authority.certificate },
    options: { tls: { ca: authority.certificate } },
    protocol,
    parser: 'strict',
    close: async () => {
      await control.close();
      await secure.close();
    },
  };
}
