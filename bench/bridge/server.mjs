/** What is asked in the bench of bridges: 1 KiB, as many bytes as one likes, and how many connections there were at once. */
import http from 'node:http';

const small = Buffer.alloc(1024, 'x');
const piece = Buffer.alloc(64 * 1024, 'x');
let open = 0;
let most = 0;

const server = http.createServer((request, response) => {
  const [, what, argument] = request.url.split('/');
  if (what === 'most') {
    response.end(String(most));
    most = open;
  } else if (what === 'bytes') send(response, Number(argument));
  else if (what === 'later') setTimeout(() => response.end(small), Number(argument));
  else if (request.method === 'POST') request.on('end', () => response.end('taken')).resume();
  else response.end(small);
});
server.on('connection', (socket) => {
  most = Math.max(most, ++open);
  socket.on('close', () => open--);
});

function send(response, bytes) {
  response.setHeader('Content-Length', bytes);
  let left = bytes;
  const more = () => {
    while (left > 0) {
      const chunk = left < piece.length ? piece.subarray(0, left) : piece;
      left -= chunk.length;
      if (!response.write(chunk)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

server.listen(0, '127.0.0.1', () => process.send(server.address().port));
process.on('disconnect', () => process.exit());
