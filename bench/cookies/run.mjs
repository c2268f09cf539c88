// Setting and getting cookies against tough-cookie: `node bench/cookies/run.mjs [cookies…]`, default 10000 100000.
// Both jars do the same work in turns, so that a busy machine disturbs both; the ratio is the median over the rounds. What
// is counted is processor time, garbage collection included, so that others on the machine are not.
// Limits are lifted (tough-cookie has none); the public suffix check is on in both.
import { existsSync } from 'node:fs';
import { CookieJar as ToughCookieJar } from 'tough-cookie';

const built = new URL('../../dist/internal.js', import.meta.url);
const internal = existsSync(built) ? await import(built.href) : {};
const { CookieJar, publicSuffixList } = 'CookieJar' in internal ? internal : await bundle();

const DOMAINS = 1000;
/** Rounds are short for few cookies, so there are more of them. */
const COOKIES_OF_ALL_ROUNDS = 1_500_000;
const WARM_UP = 4;
const GOALS = { set: 3, get: 2.5 };
const YEAR = new Date(Date.now() + 365 * 24 * 60 * 60 * 1000).toUTCString();
const NO_LIMITS = { perDomain: Infinity, total: Infinity, headerSize: Infinity };

/** What sites set: a session, a visitor, a token of a form, a preference; for a host or its domain, to its end or for a year. */
const KINDS = [
  (i) => `session${i}=${hex(i, 32)}; Path=/; Secure; HttpOnly; SameSite=Lax`,
  (i, site) => `visitor${i}=${i}.1767225600; Domain=.${site}; Path=/; Expires=${YEAR}; Max-Age=31536000`,
  (i) => `csrf${i}=${hex(i, 12)}; Path=/account; Secure; SameSite=Strict`,
  (i, site) => `pref${i}="theme=dark&lang=en"; Domain=${site}; Path=/; Expires=${YEAR}; Secure`,
];

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
  const work = workload(count);
  const rounds = [];
  const last = Math.max(9, Math.round(COOKIES_OF_ALL_ROUNDS / count));
  for (let round = -WARM_UP; round < last; round++) {
    const order = round % 2 === 0 ? ['fairlead', 'tough'] : ['tough', 'fairlead'];
    const times = {};
    for (const name of order) times[name] = play(contestants[name], work);
    if (times.fairlead.sum !== times.tough.sum) throw new Error('the two jars answered differently');
    if (round >= 0) rounds.push(times);
  }
  report(count, 'set', rounds, work.responses.length);
  report(count, 'get', rounds, work.urls.length);
}

function sizes() {
  const given = process.argv.slice(2).map(Number);
  return given.length > 0 ? given : [10_000, 100_000];
}

function workload(count) {
  const responses = [];
  for (let i = 0; i < count; i++) {
    const site = `site-${i % DOMAINS}.co.uk`;
    const line = KINDS[Math.floor(i / DOMAINS) % KINDS.length](i, site);
    responses.push([asReceived(line), asReceived(`https://www.${site}/account/login`)]);
  }
  const urls = [...new Set(responses.map(([, url]) => asReceived(url.replace('login', 'settings?tab=1'))))];
  return { responses, urls };
}

/** One flat string, as a socket gives it, where concatenation leaves a tree of strings. */
function asReceived(text) {
  return Buffer.from(text, 'latin1').toString('latin1');
}

function hex(number, digits) {
  return Math.imul(number, 0x9e3779b1).toString(16).replace('-', '').padStart(digits, '0');
}

/** One round of one contestant: fills a new jar and reads it. Microseconds of both, and a sum of what was read. */
function play({ create, set, get }, { responses, urls }) {
  const jar = create();
  const began = processorTime();
  for (const [line, url] of responses) set(jar, line, url);
  const filled = processorTime();
  let sum = 0;
  for (const url of urls) {
    const header = get(jar, url);
    // The last character makes the engine build the text, which it may have put off.
    sum += header.length + header.charCodeAt(header.length - 1);
  }
  return { set: filled - began, get: processorTime() - filled, sum };
}

function processorTime() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function report(count, operation, rounds, operations) {
  const ratio = median(rounds.map(({ fairlead, tough }) => tough[operation] / fairlead[operation]));
  const each = (name) => (median(rounds.map((times) => times[name][operation])) / operations).toFixed(2);
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
