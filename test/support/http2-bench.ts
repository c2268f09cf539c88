import { afterEach } from 'vitest';
import { SocketTransport, type SocketTransportOptions } from '../../platform/node/http/socket-transport.ts';
import { type RecordingSink, readAll } from '../suites/transport/harness.ts';
import { CertificateAuthority } from './certificate.ts';
import { type Http2TestServer, type StreamHandler, startHttp2Server } from './h2-server.ts';
import { type SentOver, sendOver } from './wire.ts';

type Init = Parameters<typeof sendOver>[1];

export const hello: StreamHandler = (stream) => {
  stream.respond({ ':status': 200 });
  stream.end('hello');
};

const authority = new CertificateAuthority();
export const tls = { ca: authority.certificate };
export const identity = authority.issue();

/** A server of HTTP/2 and a transport, for the test that is running. */
export class Http2Bench {
  server!: Http2TestServer;
  transport!: SocketTransport;

  constructor() {
    afterEach(async () => {
      await this.transport.close();
      await this.server.close();
    });
  }

  async start(
    handler: StreamHandler,
    serverOptions: Parameters<typeof startHttp2Server>[1] = {},
    options: SocketTransportOptions = {},
  ): Promise<void> {
    this.server = await startHttp2Server(handler, serverOptions);
    this.transport = new SocketTransport(options);
  }

  /** Sends a request: with prior knowledge in cleartext, by negotiation over TLS. */
  send(path = '/', init: Init = {}, options: Parameters<typeof sendOver>[2] = {}): SentOver {
    const { origin } = this.server;
    const connection = origin.startsWith('https:') ? { tls } : { http2Direct: true };
    return sendOver(this.transport, { url: origin + path, options: connection, ...init }, options);
  }

  async get(path = '/', init: Init = {}): Promise<RecordingSink> {
    return readAll(await this.send(path, init).response);
  }
}
