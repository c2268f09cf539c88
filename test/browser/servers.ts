import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { TestProject } from 'vitest/node';
import { CertificateAuthority } from '../support/certificate.ts';
import type { Call } from '../support/server/routes.ts';
import { startServer } from '../support/server.ts';
import { bundled } from './example-site.ts';
import { FRAME } from './fixtures/frame.ts';
import { RestartingServers } from './restarting-servers.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A loopback server on another origin than the page, which lets every origin in: `http://127.0.0.1:PORT`. */
    server: string;
    /**
     * The same over TLS and HTTP/2, by a certificate that the browsers are told to take: `https://127.0.0.1:PORT`. Under
     * the name `localhost` it does not tell pages how they have reached it.
     */
    secureServer: string;
    /** Another one for the suite of clients, which needs every connection that a browser makes to a host. */
    clientServer: string;
  }
}

const GZIP = gzipSync('what is sent as gzip, and is long enough to be cut');
/** Its last eight bytes are the checksum and the length. */
const WRONG = Buffer.concat([GZIP.subarray(0, -8), Buffer.alloc(4), GZIP.subarray(-4)]);

/** Bodies that come as gzip, and the length that is said of them. */
const CODED: Readonly<Record<string, readonly [body: Buffer, length: number]>> = {
  cut: [GZIP.subarray(0, 30), 30],
  'of a wrong checksum': [WRONG, WRONG.length],
  none: [Buffer.from('plain'), 5],
  'with a shorter length': [GZIP, GZIP.length - 10],
  'with a longer length': [GZIP, GZIP.length + 10],
  empty: [Buffer.alloc(0), 0],
};

const restarting = new RestartingServers();

const routes = {
  /** `/coded/NAME`: one of {@link CODED}. */
  coded: ({ response, argument }: Call) => {
    const [body, length] = CODED[decodeURIComponent(argument)]!;
    response.writeHead(200, {
      'Content-Type': 'text/plain',
      'Content-Encoding': 'gzip',
      'Content-Length': length,
    });
    response.write(body, () => response.socket!.end());
  },
  /** Closes a connection that it has said it would keep. */
  fleeting: ({ response }: Call) => {
    response.writeHead(200, { Connection: 'keep-alive', 'Content-Length': 8 });
    response.end('fleeting', () => response.socket?.end());
  },
  restarting: restarting.route,
  /** `/kept/BYTES`: as many that no store makes smaller, for any cache. */
  kept: ({ response, argument }: Call) => {
    response.writeHead(200, { 'Cache-Control': 'max-age=1000', 'Content-Length': argument });
    response.end(randomBytes(Number(argument)));
  },
  /** `/page/NAME`: a page with one of the fixtures in it. */
  page: async ({ response, argument }: Call) => {
    const script = await bundled(`test/browser/fixtures/${argument}.ts`, 'iife');
    response.setHeader('Content-Type', 'text/html').end(`<!doctype html><script>${script}</script>`);
  },
  frame: ({ response }: Call) => response.setHeader('Content-Type', 'text/html').end(FRAME),
};

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [server, secure, ofClients] = await Promise.all([
    startServer({ routes }),
    startServer({ identity: new CertificateAuthority().issue(), http2: true, routes }),
    startServer(),
  ]);
  project.provide('server', server.origin);
  project.provide('secureServer', secure.origin);
  project.provide('clientServer', ofClients.origin);
  return async () => {
    await Promise.all([server.close(), secure.close(), ofClients.close(), restarting.close()]);
  };
}
