import type { TestProject } from 'vitest/node';
import { CertificateAuthority } from '../support/certificate.ts';
import { startServer } from '../support/server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A loopback server on another origin than the page, which lets every origin in: `http://127.0.0.1:PORT`. */
    server: string;
    /**
     * The same over TLS and HTTP/2, by a certificate that the browsers are told to take: `https://127.0.0.1:PORT`. Under
     * the name `localhost` it does not tell pages how they have reached it.
     */
    secureServer: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, secure] = await Promise.all([
    startServer(),
    startServer({ identity: new CertificateAuthority().issue(), http2: true }),
  ]);
  project.provide('server', server.origin);
  project.provide('secureServer', secure.origin);
  return async () => {
    await Promise.all([server.close(), secure.close()]);
  };
}
