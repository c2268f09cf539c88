import { gzipSync } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from '../browser/engines.ts';
import { type Bundle, eagerText, withEsbuild, withRollup, withVite, withWebpack } from './bundlers.ts';
import { startHelloServer } from './server.ts';

const { directory } = inject('consumer');
const chromiumPath = await findChromium();

/** Page → compressed bytes that it may have, in one file with nothing left out; docs/architecture.md has what they are. */
const SIZE_LIMITS = {
  'page.mjs': 45_400,
  'page-memory-cache.mjs': 60_850,
  'page-indexeddb.mjs': 73_450,
};

const BUNDLERS: Readonly<Record<string, () => Bundle | Promise<Bundle>>> = {
  esbuild: () => withEsbuild(directory),
  rollup: () => withRollup(directory),
  vite: () => withVite(directory),
  webpack: () => withWebpack(directory, 'web'),
  'webpack for electron-renderer': () => withWebpack(directory, 'electron-renderer'),
};

describe.each(Object.keys(BUNDLERS))('a bundle by %s', (name) => {
  let bundle: Bundle;
  beforeAll(async () => {
    bundle = await BUNDLERS[name]!();
  });

  test('takes the browser set and nothing else', () => {
    const own = bundle.modules
      .map((path) => /fairlead\/dist\/(.*)/.exec(path)?.[1])
      .filter((path) => path !== undefined);
    expect(own).toContain('browser/index.js');
    expect(own.filter((path) => !path.startsWith('browser/'))).toEqual([]);
  });

  test('has no Node, no cross-fetch and no zod in it', () => {
    const packages = bundle.modules.map((path) => /node_modules\/([^/]+)/.exec(path)?.[1]);
    for (const name of ['cross-fetch', 'node-fetch', 'zod', 'tldts']) expect(packages).not.toContain(name);
    for (const code of Object.values(bundle.files)) expect(code).not.toMatch(/["'`]node:|\brequire\(/);
  });

  test.skipIf(chromiumPath === null)('runs in Chromium', async () => {
    // webpack counts on what a renderer with Node has.
    const before = name.includes('electron') ? 'globalThis.global = globalThis' : '';
    expect(await runInPage(bundle, before)).toBe('hello');
  });
});

test.skipIf(chromiumPath === null)('a tour of what is published works in Chromium', async () => {
  const refused = (capability: string) => `true,protocol-invalid-operation,${capability}`;
  expect(await runInPage(withEsbuild(directory, 'browser', 'tour.mjs'), '')).toEqual({
    text: 'hello',
    bytes: 5,
    blob: 'text/plain',
    iteration: 'hello',
    signals: 'metaDataChanged,readyRead,downloadProgress,readChannelFinished,hello,200,true',
    json: 1,
    schema: 'true,unknown-content,',
    form: true,
    blobUpload: 'blob',
    streamUpload: 'stream',
    iterableUpload: 'iterable',
    fetch: 'true,200,fetched',
    response: 'text/plain',
    data: 'data',
    scheme: 'of the app',
    unknownScheme: 'true,protocol-unknown,',
    refusal: refused('redirects'),
    field: refused('forbiddenFields'),
    preconnect: refused('preconnect'),
    timeout: 'hello',
    status: 'true,content-not-found,',
    abort: 'true,operation-canceled,',
    cacheMode: 'hello',
    prepared: 'prepared',
    queue: '12,true',
    cache: 'network,cache',
    indexedDb: 'cached,network,cached,cache',
    hsts: 'h.test,hello',
    close: 'operation-canceled,true,operation-canceled,',
  });
});

test('a bundle for no platform in particular takes the portable set', () => {
  const bundle = withEsbuild(directory, 'neutral');
  expect(bundle.modules).toContain('node_modules/fairlead/dist/portable/index.js');
});

test.each(Object.entries(SIZE_LIMITS))(
  '%s, whole, has at most %i bytes, minified and compressed',
  (page, limit) => {
    const { files } = withEsbuild(directory, 'browser', page, false);
    const size = gzipSync(Object.values(files).join(''), { level: 9 }).length;
    console.log(`${page}: ${size} bytes gzip`);
    expect(size).toBeLessThanOrEqual(limit);
  },
);

test('a renderer has the client and the reply of a manager, and nothing by which one makes requests', () => {
  const { files, modules } = withEsbuild(directory, 'browser', 'renderer.mjs', false);
  const rooms = new Set(modules.map((path) => /modules\/src\/([\w-]+)\//.exec(path)?.[1]));
  for (const room of [
    'cache',
    'cookies',
    'hsts',
    'pipeline',
    'proxy',
    'queue',
    'redirect',
    'requirements',
    'retry',
    'timeout',
  ])
    expect(rooms).not.toContain(room);
  expect(modules.filter((path) => /zod|bridge\/(?:owner|policy)\//.test(path))).toEqual([]);
  const size = (page: string): number => {
    const bundle = page === 'renderer.mjs' ? { files } : withEsbuild(directory, 'browser', page, false);
    return gzipSync(Object.values(bundle.files).join(''), { level: 9 }).length;
  };
  const beside = size('renderer-with-manager.mjs') - size('page.mjs');
  console.log(`renderer.mjs: ${size('renderer.mjs')} bytes gzip; beside a manager: ${beside}`);
  expect(beside).toBeLessThanOrEqual(5_500);
  expect(size('renderer.mjs')).toBeLessThanOrEqual(32_900);
});

test('a page loads nothing late, whatever its manager has', () => {
  for (const page of Object.keys(SIZE_LIMITS)) {
    // Some bundlers make files of what only code that they have left out would load.
    expect(eagerText(withEsbuild(directory, 'browser', page))).not.toMatch(/\bimport\(/);
  }
});

test('the interceptors that are ready are in no page that does not ask for them', () => {
  const text = eagerText(withEsbuild(directory));
  for (const name of ['bearerToken', 'logger']) expect(text).not.toMatch(new RegExp(`["'\`]${name}["'\`]`));
});

let browser: Promise<Browser> | null = null;

async function runInPage({ entry, files }: Bundle, before: string): Promise<unknown> {
  browser ??= chromium.launch({ executablePath: chromiumPath!, args: [...CHROMIUM_FLAGS] });
  const server = await startHelloServer(files, entry);
  const page = await (await browser).newPage();
  try {
    await page.addInitScript(before);
    await page.goto(server.origin);
    return await page.evaluate('globalThis.result');
  } finally {
    await page.close();
    await server.close();
  }
}

afterAll(async () => (await browser)?.close());
