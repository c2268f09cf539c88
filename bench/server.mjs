import { spawn, spawnSync } from 'node:child_process';
import { truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createNetServer } from 'node:net';
import path from 'node:path';
import { DOWNLOAD_BYTES } from './scenarios.mjs';

/**
 * The server of the benchmark, on a core of its own where `taskset` is there: nginx for everything that is read, and a
 * small sink for uploads (nginx answers those before it has read them).
 *
 * @returns the places for the clients, a line about the server, and how to stop it
 */
export async function startServer(directory, identity) {
  const nginx = spawnSync('nginx', ['-v']);
  if (nginx.error) throw new Error('the benchmark needs nginx: apt-get install nginx-light');
  const [http, https, sink] = await Promise.all([freePort(), freePort(), freePort()]);
  const file = (name) => path.join(directory, name);
  writeFileSync(file('1k'), 'x'.repeat(1024));
  writeFileSync(file('big'), '');
  truncateSync(file('big'), DOWNLOAD_BYTES);
  writeFileSync(file('part'), '');
  truncateSync(file('part'), DOWNLOAD_BYTES / 4);
  writeFileSync(file('cert.pem'), identity.cert);
  writeFileSync(file('key.pem'), identity.key);
  writeFileSync(file('ca.pem'), identity.ca);
  writeFileSync(file('nginx.conf'), configuration(directory, http, https));
  const children = [
    spawn(...pinned('nginx', ['-c', file('nginx.conf'), '-p', directory]), {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
    spawn(...pinned(process.execPath, [import.meta.filename, String(sink)]), {
      stdio: ['ignore', 'ignore', 'inherit'],
    }),
  ];
  const places = {
    http: `http://127.0.0.1:${http}`,
    https: `https://localhost:${https}`,
    sink: `http://127.0.0.1:${sink}`,
    ca: file('ca.pem'),
  };
  await Promise.all([places.http, places.sink].map(answers));
  return {
    places,
    description: nginx.stderr.toString().trim(),
    stop: () => {
      for (const child of children) child.kill();
    },
  };
}

/** On the second core, so that client and server do not share one. */
function pinned(command, args) {
  return spawnSync('taskset', ['-c', '1', 'true']).status === 0
    ? ['taskset', ['-c', '1', command, ...args]]
    : [command, args];
}

function configuration(directory, http, https) {
  const redirects = [5, 4, 3, 2, 1]
    .map(
      (left) => `location = /redirect/${left} { return 302 ${left > 1 ? `/redirect/${left - 1}` : '/1k'}; }`,
    )
    .join('\n    ');
  const server = (listen) => `server {
    listen ${listen};
    ssl_certificate ${directory}/cert.pem;
    ssl_certificate_key ${directory}/key.pem;
    root ${directory};
    ${redirects}
    location = /json { default_type application/json; return 200 '{"ok":true,"id":1}'; }
  }`;
  // Workers of a root's nginx become nobody, who cannot read the directory.
  return `${process.getuid?.() === 0 ? 'user root;' : ''}
daemon off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  open_file_cache max=16;
  keepalive_requests 10000000;
  default_type application/octet-stream;
  absolute_redirect off;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  ${server(`127.0.0.1:${http}`)}
  ${server(`127.0.0.1:${https} ssl http2`)}
}
`;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createNetServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when somebody listens there. */
async function answers(origin) {
  for (let attempt = 0; attempt < 200; attempt++) {
    try {
      await (await fetch(origin)).arrayBuffer();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  throw new Error(`nobody answers at ${origin}`);
}

if (process.argv[1] === import.meta.filename) {
  createServer((request, response) => {
    request.on('end', () => response.end('ok'));
    request.resume();
  }).listen(Number(process.argv[2]), '127.0.0.1');
}
