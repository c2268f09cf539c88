import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { CertificateAuthority } from '../../test/support/certificate.ts';

/** A small origin on loopback, in the clear and over TLS with a certificate made on the spot. */
export interface DemoServer {
  readonly http: string;
  readonly https: string;
  /** The authority that signed the certificate, PEM. */
  readonly ca: string;
  close(): Promise<void>;
}

export async function startDemoServer(): Promise<DemoServer> {
  const authority = new CertificateAuthority('fairlead demonstration');
  const plain = createServer(respond);
  const secure = createSecureServer(authority.issue(), respond);
  const [http, https] = await Promise.all([listen(plain), listen(secure)]);
  return {
    http: `http://localhost:${http}`,
    https: `https://localhost:${https}`,
    ca: authority.certificate,
    close: async () => {
      await Promise.all([stop(plain), stop(secure)]);
    },
  };
}

function respond(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '/', 'http://origin');
  const [, kind, argument = ''] = pathname.split('/');
  switch (kind) {
    case 'file':
      sendFile(response, Number(argument));
      break;
    case 'redirect':
      redirect(response, Number(argument));
      break;
    case 'form':
    case 'upload':
      echo(request, response);
      break;
    case 'silence':
      // Answers never: for the idle timeout.
      break;
    default:
      response.writeHead(404, { 'content-type': 'text/plain' }).end('no such thing\n');
  }
}

const PIECE = Buffer.alloc(16 * 1024, 'fairlead ');

/** `kilobytes` in pieces, slowly enough for a bar to move. */
function sendFile(response: ServerResponse, kilobytes: number): void {
  let left = kilobytes * 1024;
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': left });
  const send = (): void => {
    if (response.destroyed) return;
    const piece = PIECE.subarray(0, Math.min(left, PIECE.length));
    left -= piece.length;
    response.write(piece);
    if (left > 0) setTimeout(send, 5);
    else response.end();
  };
  send();
}

function redirect(response: ServerResponse, left: number): void {
  const location = left > 1 ? `/redirect/${left - 1}` : '/file/4';
  response.writeHead(302, { location }).end();
}

function echo(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  request.on('end', () => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ method: request.method, type: request.headers['content-type'], bytes }));
  });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, 'localhost', () => resolve((server.address() as AddressInfo).port));
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
