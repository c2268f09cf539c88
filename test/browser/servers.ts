import type { TestProject } from 'vitest/node';
import { CertificateAuthority } from '../support/certificate.ts';
import type { Call } from '../support/server/routes.ts';
import { startServer } from '../support/server.ts';
import { FRAME } from './fixtures/frame.ts';

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

const routes = {
  frame: ({ response }: Call) => response.setHeader('Content-Type', 'text/html').end(FRAME),
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, secure] = await Promise.all([
    startServer({ routes }),
    startServer({ identity: new CertificateAuthority().issue(), http2: true, routes }),
  ]);
  project.provide('server', server.origin);
  project.provide('secureServer', secure.origin);
  return async () => {
    await Promise.all([server.close(), secure.close()]);
  };
}
