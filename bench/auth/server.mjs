/** Answers 1 KiB to everybody, and below /closed/ to who answers its Digest. It sends the origin to the process that has forked it. */
import { createServer } from 'node:http';

const body = 'x'.repeat(1024);
const challenge = 'Digest realm="bench", nonce="b8f0a2c4d6e8", qop="auth", algorithm=SHA-256, opaque="o"';

createServer((request, response) => {
  const isOpen = !request.url.startsWith('/closed/') || request.headers.authorization?.startsWith('Digest ');
  if (isOpen) response.writeHead(200, { 'content-length': body.length }).end(body);
  else response.writeHead(401, { 'www-authenticate': challenge }).end();
}).listen(0, '127.0.0.1', function () {
  process.send(`http://127.0.0.1:${this.address().port}`);
});
