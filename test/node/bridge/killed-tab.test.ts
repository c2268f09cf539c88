/** Tabs of one origin in a real Chromium, of which the leader is killed in mid-stream: its process crashes, or it is closed. */
import { createServer } from 'node:http';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from '../../browser/engines.ts';
import { Cleanup, portOf } from '../../support/listening.ts';
import { startServer, type TestServer } from '../../support/server.ts';

const cleanup = new Cleanup(afterAll);
const executablePath = await findChromium().catch(() => null);
// A browser is the same on every Node.
const isHere = executablePath !== null && process.versions.node.startsWith('20.');

let server: TestServer;
let browser: Browser;
let site: string;

beforeAll(async () => {
  if (!isHere) return;
  const root = new URL('../../../', import.meta.url).pathname;
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { NetworkAccessManager } from './platform/browser/index.ts';
        import { connectTabs } from './platform/worker/index.ts';
        globalThis.client = connectTabs(() => new NetworkAccessManager(), { policy: { addresses: ['127.0.0.1'] } });`,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'esm',
    tsconfigRaw: {},
  });
  const pages = createServer((request, response) => {
    const isScript = request.url === '/tab.js';
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript ? outputFiles[0]!.text : '<!doctype html><script type=module src=/tab.js></script>',
    );
  });
  await cleanup.listen(pages);
  site = `http://127.0.0.1:${portOf(pages)}/`;
  server = await startServer();
  cleanup.add(() => server.close());
  browser = await chromium.launch({ executablePath: executablePath!, args: [...CHROMIUM_FLAGS] });
  cleanup.add(() => browser.close());
}, 120_000);

const KILLS: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['closed', (page) => page.close()],
  [
    'crashed',
    async (page) => {
      const crashed = new Promise((resolve) => page.once('crash', resolve));
      const session = await page.context().newCDPSession(page);
      session.send('Page.crash').catch(() => {});
      await crashed;
    },
  ],
];

test.skipIf(!isHere).each(KILLS)(
  'a leader that is %s',
  async (how, kill) => {
    const context = await browser.newContext();
    const [leader, follower] = [await context.newPage(), await context.newPage()];
    for (const page of [leader, follower]) {
      await page.goto(site);
      await page.evaluate('client.ready');
    }
    expect(await Promise.all([leader, follower].map((page) => page.evaluate('client.isLeader')))).toEqual([
      true,
      false,
    ]);
    const flood = `${server.origin}/stall?id=${how}`;
    await follower.evaluate(`(async () => {
    const reply = client.get('${flood}');
    await reply.response;
    globalThis.outcome = reply.bytes().then(() => 'whole', ({ code }) => code);
  })()`);
    await kill(leader);
    expect(['network-session-failed', 'unknown-network']).toContain(await follower.evaluate('outcome'));
    expect((await server.journal.entry(how).reached('ended')).ended).toBe('lost');
    expect(await follower.evaluate(`client.get('${server.origin}/hello').text()`)).toBe('hello');
    expect(await follower.evaluate('client.isLeader')).toBe(true);
    await context.close();
  },
  120_000,
);
