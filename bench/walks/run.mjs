import { createHook } from 'node:async_hooks';
import { once } from 'node:events';
import { Session } from 'node:inspector';
import { Worker } from 'node:worker_threads';

/**
 * `npx tsx bench/walks/run.mjs [URL of another checkout]`: what one request touches, of the sources, warm: files in which a
 * function ran, calls of functions, promises that were made. In a page: the browser's set, over a fetch that answers at once.
 */
const ROOT = new URL(process.argv[2] ?? '../../', import.meta.url);
const load = (path) => import(new URL(path, ROOT).href);
const node = await load('platform/node/index.ts');
const page = await load('platform/browser/index.ts');

const server = new Worker(new URL('server.mjs', import.meta.url));
const [port] = await once(server, 'message');
const origin = `http://127.0.0.1:${port}`;
const TEXT = 'x'.repeat(1024);
globalThis.fetch = async () => new Response(TEXT, { headers: { 'content-type': 'text/plain' } });

/** Answers at once: what would need a name and a certificate otherwise. */
class Answering {
  capabilities = {
    name: 'answering',
    redirects: true,
    cookies: true,
    setCookieLines: true,
    encodedBodies: true,
    strictTransportSecurity: true,
    connections: true,
    http2: true,
    pageOrigin: null,
    forbiddenFields: [],
    requestStreams: 'always',
    preconnect: 'none',
  };

  async send({ url }) {
    const isTarget = url.scheme === 'https';
    const field = isTarget ? ['content-length', '2'] : ['location', 'http://known.test/target'];
    return {
      url,
      status: isTarget ? 200 : 302,
      reason: '',
      httpVersion: '1.1',
      headers: node.HttpHeaders.adopt(field),
      source: 'network',
      security: isTarget ? { ignoredErrors: [] } : null,
      body: {
        start(sink) {
          if (isTarget) sink.data(new TextEncoder().encode('ok'), false);
          sink.end(null);
        },
        pause() {},
        resume() {},
        cancel() {},
      },
    };
  }

  async close() {}
}

const plain = new node.NetworkAccessManager();
const cached = new node.NetworkAccessManager({ cache: new node.MemoryCache() });
const strictTransportSecurity = new node.StrictTransportSecurity();
strictTransportSecurity.addHosts([
  { host: 'known.test', expiry: Date.now() + 3_600_000, includeSubDomains: false },
]);
const upgrading = new node.NetworkAccessManager({
  transport: new Answering(),
  strictTransportSecurity,
  strictTransportSecurityEnabled: true,
});
const ofPage = new page.NetworkAccessManager();
const blob = new Blob([TEXT]);

const WALKS = {
  'GET on Node': () => plain.get(`${origin}/1k`).text(),
  'GET in a page': () => ofPage.get('http://page.test/1k').text(),
  'POST of a Blob in a page': () => ofPage.post('http://page.test/1k', blob).text(),
  'a Set-Cookie line': () => plain.get(`${origin}/cookie`).text(),
  'a hit in MemoryCache': () => cached.get(`${origin}/cacheable`).text(),
  'an abort in the body': () => {
    const reply = plain.get(`${origin}/endless`);
    reply.once('readyRead', () => reply.abort());
    return new Promise((resolve) => reply.once('finished', resolve));
  },
  'a redirect that HSTS upgrades': () => upgrading.get('http://first.test/').text(),
};

const session = new Session();
session.connect();
/** Sessions of the same thread answer at once. */
function post(method, parameters = {}) {
  let answer;
  session.post(method, parameters, (error, result) => {
    if (error) throw error;
    answer = result;
  });
  return answer;
}
post('Profiler.enable');
post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

let promises = 0;
const hook = createHook({
  init(_id, type) {
    if (type === 'PROMISE') promises++;
  },
});

const OF_SOURCES = /\/(src|platform)\/.*\.ts$/;
function takeCalls() {
  let calls = 0;
  let files = 0;
  for (const { url, functions } of post('Profiler.takePreciseCoverage').result) {
    if (!url.startsWith(ROOT.href) || !OF_SOURCES.test(url)) continue;
    const ofFile = functions.reduce((sum, { ranges: [{ count }] }) => sum + count, 0);
    calls += ofFile;
    if (ofFile > 0) files++;
  }
  return { files, calls };
}

/** With callbacks alone, so that it makes one promise of its own: the caller's, who waits for the answer. */
function measure(walk, done) {
  setTimeout(() => {
    takeCalls();
    promises = 0;
    hook.enable();
    const walked = walk();
    walked.then(() =>
      setTimeout(() => {
        hook.disable();
        done({ ...takeCalls(), promises });
      }, 100),
    );
  }, 100);
}

process.stdout.write('| walk | files | calls | promises |\n|---|---:|---:|---:|\n');
for (const [name, walk] of Object.entries(WALKS)) {
  for (let i = 0; i < 20; i++) await walk();
  const { files, calls, promises: made } = await new Promise((resolve) => measure(walk, resolve));
  process.stdout.write(`| ${name} | ${files} | ${calls} | ${made} |\n`);
}
process.exit(0);
