import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CertificateAuthority } from '../support/certificate.ts';
import { managerOver, NODE_TRANSPORTS } from '../support/list-bench.ts';
import { roundTrips } from '../support/round-trips.ts';
import { startServer, type TestServer } from '../support/server.ts';

const authority = new CertificateAuthority();
const tls = { ca: authority.certificate };

// TLS 1.3 says no when the handshake is over for us, with an alert in place of a response.
describe.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a server of %s that wants a client certificate',
  (version) => {
    let server: TestServer;
    beforeAll(async () => {
      const demand = { ...tls, requestCert: true, rejectUnauthorized: true, maxVersion: version };
      server = await startServer({ identity: { ...authority.issue(), ...demand } });
    });
    afterAll(() => server.close());

    describe.each(NODE_TRANSPORTS)('over %s', (_name, makeTransport) => {
      const manager = managerOver(makeTransport, { tls });

      const refusal = { code: 'ssl-handshake-failed', message: expect.stringMatching(/alert/i) };

      test('refuses who has none, and the error says that it was TLS', async () => {
        await expect(manager().get(`${server.origin}/hello`).text()).rejects.toMatchObject(refusal);
      });

      test('is heard also while the application looks at the connection', async () => {
        const reply = manager().get(`${server.origin}/hello`).on('encrypted', roundTrips);
        await expect(reply.text()).rejects.toMatchObject(refusal);
      });
    });
  },
);
