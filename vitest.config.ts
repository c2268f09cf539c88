import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import type { BrowserProviderOption } from 'vitest/node';
import { CHROMIUM_FLAGS, type Engine, findChromium } from './test/browser/engines.ts';
import { exampleSite } from './test/browser/example-site.ts';
import { pageRedirects } from './test/browser/page-redirects.ts';
import { firefoxBidi, webkitGtk } from './test/browser/providers.ts';
import { recipeSite } from './test/browser/recipe-site.ts';
import { tabSite } from './test/browser/tab-site.ts';
import { PATIENCE } from './test/support/patience.ts';
import { STORES_AND_CACHES } from './test/support/stores-and-caches.ts';

const expect = { poll: { timeout: PATIENCE } };
/** Of a hook: some of them bundle a program, or start a server of another maker. */
const HOOK_TIMEOUT = 120_000;
/** Of a test of computing and waiting: what hangs is seen in a minute as well, and a busy machine may need one. */
const TEST_TIMEOUT = 60_000;
const WORKERS = Math.max(availableParallelism(), 1);

/** The unit tests that replace a module, which therefore need modules of their own. */
const MOCKED = readdirSync('test/unit', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `test/unit/${file.replaceAll('\\', '/')}`)
  .filter((file) => readFileSync(file, 'utf8').includes('vi.mock('));

const unit = {
  pool: 'threads' as const,
  // Vitest leaves a core to itself, which on a machine of two is half of it.
  maxWorkers: WORKERS,
  testTimeout: TEST_TIMEOUT,
  hookTimeout: HOOK_TIMEOUT,
  expect,
};

export default defineConfig(async () => ({
  test: {
    // On a machine that is busy with other things a browser takes its time.
    browser: { connectTimeout: 300_000 },
    projects: [
      {
        test: {
          ...unit,
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/architecture/**/*.test.ts'],
          exclude: MOCKED,
          // Files share the modules that they import: loading them anew for each took longer than the tests.
          isolate: false,
        },
      },
      { test: { ...unit, name: 'unit-mocked', include: MOCKED } },
      {
        test: {
          name: 'node',
          include: ['test/node/**/*.test.ts'],
          // What acts Windows out has nothing to say there.
          exclude: process.platform === 'win32' ? ['test/node/windows.test.ts'] : [],
          pool: 'forks' as const,
          maxWorkers: WORKERS,
          testTimeout: TEST_TIMEOUT,
          hookTimeout: HOOK_TIMEOUT,
          expect,
        },
      },
      {
        // The tests of stores and caches once more, on a disk with the rules of Windows.
        test: {
          name: 'windows',
          include: STORES_AND_CACHES,
          setupFiles: ['test/support/on-windows-fs.ts'],
          pool: 'forks' as const,
          maxWorkers: WORKERS,
          // There a refusal is waited out for ten seconds.
          testTimeout: 120_000,
          hookTimeout: HOOK_TIMEOUT,
          expect,
        },
      },
      {
        test: {
          name: 'consumers',
          include: ['test/consumers/**/*.test.ts'],
          globalSetup: 'test/consumers/install.ts',
          // Each of them is a bundler or a compiler at work: one after the other.
          fileParallelism: false,
          testTimeout: 120_000,
          expect,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'electron',
          include: ['test/electron/**/*.test.ts'],
          pool: 'forks' as const,
          testTimeout: TEST_TIMEOUT,
          hookTimeout: HOOK_TIMEOUT,
          expect,
        },
      },
      browserProject('chromium', playwright({ launchOptions: await chromiumLaunchOptions() })),
      browserProject('firefox', firefoxBidi()),
      // What is kept in a private window: Chromium and WebKitGTK run all of their tests in one.
      browserProject('firefox', firefoxBidi(true), {
        name: 'firefox-private',
        include: ['cache', 'store', 'hsts', 'tabs'].map((name) => `test/browser/${name}.test.ts`),
      }),
      browserProject('webkit', webkitGtk()),
    ],
  },
}));

function browserProject(
  engine: Engine,
  provider: BrowserProviderOption,
  { name = engine as string, include = ['test/browser/**/*.test.ts'] } = {},
): TestProjectInlineConfiguration {
  return {
    plugins: [pageRedirects(), exampleSite(), recipeSite(), tabSite()],
    test: {
      name,
      include,
      globalSetup: 'test/browser/servers.ts',
      testTimeout: TEST_TIMEOUT,
      hookTimeout: HOOK_TIMEOUT,
      expect,
      browser: {
        enabled: true,
        // Firefox is headless by its provider; WebKitGTK has no such mode.
        headless: engine === 'chromium',
        ui: false,
        screenshotFailures: false,
        api: { host: '127.0.0.1' },
        provider,
        instances: [{ browser: engine }],
      },
    },
  };
}

async function chromiumLaunchOptions() {
  const executablePath = await findChromium();
  return {
    args: [...CHROMIUM_FLAGS],
    // Playwright takes pages out of it that a user would come back to.
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    ...(executablePath === null ? {} : { executablePath }),
  };
}
