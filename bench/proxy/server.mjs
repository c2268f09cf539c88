/**
 * An origin with and without TLS, over HTTP/1.1, a proxy with CONNECT, and what passes bytes on to the origins without a word, as
 * the proxy does once a tunnel stands: a process of their own. Tells its ports.
 */
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import { CertificateAuthority } from '../../test/support/certificate.ts';

const BODY = 'x'.repeat(1024);
const answer = (_, response) => response.end(BODY);
const authority = new CertificateAuthority();
const http = createServer(answer);
const https = createSecureServer(authority.issue(), answer);
const join = (near, port, host, greeting) => {
  const far = connect(port, host, () => {
    if (greeting !== '') near.write(greeting);
    near.pipe(far).pipe(near);
  });
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
};
const proxy = createServer();
proxy.on('connect', (request, near) => {
  const [, host, port] = /^(.*):(\d+)$/.exec(request.url);
  join(near, Number(port), host, 'HTTP/1.1 200 OK\r\n\r\n');
});
const passing = (server) => createTcpServer((near) => join(near, server.address().port, '127.0.0.1', ''));
const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
const ports = { http: await listening(http), https: await listening(https), proxy: await listening(proxy) };
process.send({
  ...ports,
  passedHttp: await listening(passing(http)),
  passedHttps: await listening(passing(https)),
  ca: authority.certificate,
});
