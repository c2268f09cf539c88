/** An origin with and without TLS, over HTTP/1.1, and a proxy with CONNECT: a process of their own. Tells its ports. */
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect } from 'node:net';
import { CertificateAuthority } from '../../test/support/certificate.ts';

const BODY = 'x'.repeat(1024);
const answer = (_, response) => response.end(BODY);
const authority = new CertificateAuthority();
const http = createServer(answer);
const https = createSecureServer(authority.issue(), answer);
const proxy = createServer();
proxy.on('connect', (request, near) => {
  const [, host, port] = /^(.*):(\d+)$/.exec(request.url);
  const far = connect(Number(port), host, () => {
    near.write('HTTP/1.1 200 OK\r\n\r\n');
    near.pipe(far).pipe(near);
  });
  for (const [one, other] of [
    [near, far],
    [far, near],
  ])
    one.on('error', () => other.destroy());
});
const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));
process.send({
  http: await listening(http),
  https: await listening(https),
  proxy: await listening(proxy),
  ca: authority.certificate,
});
