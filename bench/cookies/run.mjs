// Setting and getting cookies against tough-cookie: `node bench/cookies/run.mjs [cookies…]`, default 10000 100000.
// Both jars do the same work in turns, so that a noisy machine disturbs both; the ratio is the median over the rounds.
// Limits are lifted (tough-cookie has none); the public suffix check is on in both.
import { existsSync } from 'node:fs';
import { CookieJar as ToughCookieJar } from 'tough-cookie';

const built = new URL('../../dist/internal.js', import.meta.url);
const internal = existsSync(built) ? await import(built.href) : {};
const { CookieJar, publicSuffixList } = 'CookieJar' in internal ? internal : await bundle();

const DOMAINS = 1000;
const ROUNDS = 11;
const WARM_UP = 3;
const CHUNK = 100;
const GOALS = { set: 3, get: 2.5 };
const NO_LIMITS = { perDomain: Infinity, total: Infinity, headerSize: Infinity };

const contestants = {
  fairlead: {
    create: () => new CookieJar({ publicSuffixes: publicSuffixList, limits: NO_LIMITS }),
    set: (jar, line, url) => jar.setCookie(line, url),
    get: (jar, url) => jar.cookieHeader(url),
  },
  tough: {
    create: () => new ToughCookieJar(),
    set: (jar, line, url) => jar.setCookieSync(line, url),
    get: (jar, url) => jar.getCookieStringSync(url),
  },
};

console.log('cookies  operation  fairlead µs  tough-cookie µs  ratio  goal');
for (const count of sizes()) {
  const { responses, urls } = workload(count);
  const rounds = { set: [], get: [] };
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const { set, get } = play(responses, urls);
    if (round < 0) continue;
    rounds.set.push(set);
    rounds.get.push(get);
  }
  report(count, 'set', rounds.set, responses.length);
  report(count, 'get', rounds.get, urls.length);
}

function sizes() {
  const given = process.argv.slice(2).map(Number);
  return given.length > 0 ? given : [10_000, 100_000];
}

/** Half of the cookies for the whole domain, half for one host; the usual attributes; two paths. */
function workload(count) {
  const responses = [];
  for (let i = 0; i < count; i++) {
    const site = `site-${i % DOMAINS}.co.uk`;
    const scope = i % 2 === 0 ? `; Domain=${site}` : '';
    const life = i % 3 === 0 ? '; Max-Age=86400' : '';
    const path = i % 5 === 0 ? '/account' : '/';
    const line = `name${i}=value-${i}${scope}; Path=${path}${life}; Secure; HttpOnly; SameSite=Lax`;
    responses.push([line, `https://www.${site}/account/login`]);
  }
  const urls = [...new Set(responses.map(([, url]) => url.replace('login', 'settings?tab=1')))];
  return { responses, urls };
}

/** One round: both fill a new jar, then both read it, chunk by chunk in turns. */
function play(responses, urls) {
  globalThis.gc?.();
  const jars = { fairlead: contestants.fairlead.create(), tough: contestants.tough.create() };
  const bytes = { fairlead: 0, tough: 0 };
  const set = inTurns(responses, (name, [line, url]) => contestants[name].set(jars[name], line, url));
  const get = inTurns(urls, (name, url) => {
    const header = contestants[name].get(jars[name], url);
    // The last character makes the engine build the text that it may have put off.
    bytes[name] += header.length + header.charCodeAt(header.length - 1);
  });
  if (bytes.fairlead !== bytes.tough) throw new Error('the two jars answered differently');
  return { set, get };
}

/** Microseconds that each contestant took for all items. */
function inTurns(items, work) {
  const time = { fairlead: 0, tough: 0 };
  for (let start = 0, turn = 0; start < items.length; start += CHUNK, turn++) {
    const chunk = items.slice(start, start + CHUNK);
    for (const name of turn % 2 === 0 ? ['fairlead', 'tough'] : ['tough', 'fairlead']) {
      const began = performance.now();
      for (const item of chunk) work(name, item);
      time[name] += (performance.now() - began) * 1000;
    }
  }
  return time;
}

function report(count, operation, rounds, operations) {
  const ratio = median(rounds.map(({ fairlead, tough }) => tough / fairlead));
  const each = (name) => (median(rounds.map((time) => time[name])) / operations).toFixed(2);
  console.log(
    `${String(count).padStart(7)}  ${operation.padEnd(9)}  ${each('fairlead').padStart(11)}  ` +
      `${each('tough').padStart(15)}  ${ratio.toFixed(1).padStart(5)}  ${GOALS[operation]}`,
  );
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

async function bundle() {
  const { build } = await import('esbuild');
  const root = new URL('../../', import.meta.url).pathname;
  const contents = [
    `export { CookieJar } from './src/cookies/jar.ts';`,
    `export { publicSuffixList } from './platform/node/public-suffix.ts';`,
  ].join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
