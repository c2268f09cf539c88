import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { defineBrowserProvider } from '@vitest/browser';
import type { Browser } from 'puppeteer-core';
import type { BrowserProvider, BrowserProviderOption } from 'vitest/node';
import { freePort } from '../support/free-port.ts';
import { findFirefox, findWebKit, firstExisting, type WebKitGtk } from './engines.ts';

/**
 * Vitest drives Chromium through Playwright, whose Firefox and WebKit are patched builds. These two providers drive the
 * browsers that people have: Firefox over WebDriver BiDi, WebKitGTK over W3C WebDriver.
 */

const FIREFOX_PREFERENCES = {
  'network.http.http3.enable': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'app.update.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'extensions.update.enabled': false,
};

/** @param isPrivate all its windows are private */
export function firefoxBidi(isPrivate = false): BrowserProviderOption {
  return provider('firefox', () => {
    let browser: Promise<Browser> | null = null;
    const launch = async (): Promise<Browser> => {
      const { default: puppeteer } = await import('puppeteer-core');
      return puppeteer.launch({
        browser: 'firefox',
        executablePath: found('Firefox', findFirefox()),
        acceptInsecureCerts: true,
        // On a machine that is busy with other things a browser takes its time.
        timeout: 180_000,
        protocolTimeout: 600_000,
        extraPrefsFirefox: { ...FIREFOX_PREFERENCES, 'browser.privatebrowsing.autostart': isPrivate },
      });
    };
    return {
      openPage: async (url) => {
        browser ??= launch();
        const page = await (await browser).newPage();
        await page.goto(url, { timeout: 0 });
      },
      close: async () => (await browser)?.close(),
    };
  });
}

export function webkitGtk(): BrowserProviderOption {
  return provider('webkit', () => {
    let driver: Promise<WebDriver> | null = null;
    return {
      openPage: async (url) => {
        driver ??= WebDriver.start(found('WebKitGTK', findWebKit()));
        await (await driver).open(url);
      },
      close: async () => (await driver)?.stop(),
    };
  });
}

interface Pages {
  openPage(url: string): Promise<void>;
  close(): Promise<void>;
}

function provider(browser: string, start: () => Pages): BrowserProviderOption {
  return defineBrowserProvider({
    name: browser,
    supportedBrowser: [browser],
    providerFactory: (): BrowserProvider => {
      const pages = start();
      return {
        name: browser,
        supportsParallelism: false,
        getCommandsContext: () => ({}),
        openPage: (_sessionId, url) => pages.openPage(url),
        close: () => pages.close(),
      };
    },
  });
}

function found<T>(name: string, place: T | null): T {
  if (place === null) throw new Error(`${name} is not installed (see test/browser/engines.ts)`);
  return place;
}

/** One WebKitWebDriver process and its sessions. WebKitGTK has no headless mode: without a display it gets Xvfb's. */
class WebDriver {
  readonly #process: ChildProcess;
  readonly #address: string;
  readonly #browser: string;
  readonly #dataDirectory: string;
  readonly #sessions: string[] = [];
  readonly #kill = (): void => {
    // The whole group: the driver may stand behind xvfb-run and dbus-run-session.
    if (this.#process.exitCode === null) process.kill(-this.#process.pid!, 'SIGTERM');
  };

  private constructor(webkit: WebKitGtk, port: number) {
    this.#address = `http://127.0.0.1:${port}`;
    this.#browser = webkit.browser;
    this.#dataDirectory = mkdtempSync(join(tmpdir(), 'fairlead-webkit-'));
    const [command, ...words] = [...displayCommand(), webkit.driver, `--port=${port}`, '--host=127.0.0.1'];
    this.#process = spawn(command!, words, {
      stdio: 'ignore',
      detached: true,
      env: {
        ...process.env,
        WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
        WEBKIT_DISABLE_COMPOSITING_MODE: '1',
        LIBGL_ALWAYS_SOFTWARE: '1',
        GSETTINGS_BACKEND: 'memory',
        XDG_DATA_HOME: this.#dataDirectory,
        XDG_CACHE_HOME: this.#dataDirectory,
        // What xvfb-run makes there it leaves when it is killed.
        TMPDIR: this.#dataDirectory,
      },
    });
    process.once('exit', this.#kill);
  }

  static async start(webkit: WebKitGtk): Promise<WebDriver> {
    const driver = new WebDriver(webkit, await freePort());
    for (let attempt = 0; ; attempt++) {
      try {
        await driver.#call('GET', '/status');
        return driver;
      } catch (error) {
        // A minute: behind it a display, a bus and the driver itself begin.
        if (attempt === 1200) throw error;
        await delay(50);
      }
    }
  }

  async open(url: string): Promise<void> {
    const session = await this.#call('POST', '/session', {
      capabilities: {
        alwaysMatch: {
          acceptInsecureCerts: true,
          pageLoadStrategy: 'none',
          'webkitgtk:browserOptions': {
            binary: this.#browser,
            // Tests open tabs without a click.
            args: ['--automation', '--javascript-can-open-windows-automatically=true'],
          },
        },
      },
    });
    const { sessionId } = session as { sessionId: string };
    this.#sessions.push(sessionId);
    await this.#call('POST', `/session/${sessionId}/url`, { url });
  }

  async stop(): Promise<void> {
    for (const id of this.#sessions) await this.#call('DELETE', `/session/${id}`).catch(() => {});
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#kill();
    await gone;
    process.off('exit', this.#kill);
    rmSync(this.#dataDirectory, { recursive: true, force: true });
  }

  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#address + path, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
    });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`WebDriver ${method} ${path}: ${JSON.stringify(value)}`);
    return value;
  }
}

function displayCommand(): string[] {
  if (process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined) return [];
  const xvfb = found('xvfb-run', firstExisting(['/usr/bin/xvfb-run']));
  const dbus = firstExisting(['/usr/bin/dbus-run-session']);
  return dbus === null ? [xvfb, '-a'] : [xvfb, '-a', dbus, '--'];
}
