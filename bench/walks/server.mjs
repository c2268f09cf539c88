import { createServer } from 'node:http';
import { parentPort } from 'node:worker_threads';

/** In a thread of its own, whose promises are not those of the client. */
const TEXT = 'x'.repeat(1024);
const FIELDS = {
  '/cookie': { 'set-cookie': 'a=b; Max-Age=3600' },
  '/cacheable': { 'cache-control': 'max-age=3600' },
};
const server = createServer(({ url }, response) => {
  response.writeHead(200, { 'content-type': 'text/plain', ...FIELDS[url] });
  if (url === '/endless') response.write(TEXT);
  else response.end(TEXT);
});
server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
