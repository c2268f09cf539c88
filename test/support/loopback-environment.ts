import type { TransportEnvironment } from '../suites/transport.ts';
import { CertificateAuthority } from './certificate.ts';
import { startServer } from './server.ts';

/** Servers of one's own for a run of `testTransport` under Node. */
export async function loopbackEnvironment(
  parser: TransportEnvironment['parser'],
): Promise<TransportEnvironment & { close(): Promise<void> }> {
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
