/** Where the browsers of this machine are. Nothing here starts one. */
import { existsSync } from 'node:fs';

export type Engine = 'chromium' | 'firefox' | 'webkit';

/** Headless, without sandbox (tests run as root in containers), and silent towards the network. */
export const CHROMIUM_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Of the servers that the tests start.
  '--ignore-certificate-errors',
];

const CHROMIUM = [
  process.env.CHROME,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const FIREFOX = [
  process.env.FIREFOX,
  '/usr/bin/firefox-esr',
  '/usr/bin/firefox',
  '/Applications/Firefox.app/Contents/MacOS/firefox',
];
const WEBKIT_DRIVER = ['/usr/bin/WebKitWebDriver'];
const MINI_BROWSER = [
  '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
  '/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser',
];

/** An installed Chromium or Chrome; without one, on Linux, the Chromium that came with the npm packages. */
export async function findChromium(): Promise<string | null> {
  const installed = firstExisting(CHROMIUM);
  if (installed !== null || process.platform !== 'linux' || process.arch !== 'x64') return installed;
  // Tells the package to unpack the shared libraries too (NSS, NSPR) that a machine without a browser may lack.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= 'nodejs20.x';
  const { default: packaged } = await import('@sparticuz/chromium');
  packaged.setGraphicsMode = false;
  return packaged.executablePath();
}

export function findFirefox(): string | null {
  return firstExisting(FIREFOX);
}

export interface WebKitGtk {
  readonly driver: string;
  readonly browser: string;
}

export function findWebKit(): WebKitGtk | null {
  const driver = firstExisting(WEBKIT_DRIVER);
  const browser = firstExisting(MINI_BROWSER);
  return driver === null || browser === null ? null : { driver, browser };
}

export function firstExisting(paths: readonly (string | undefined)[]): string | null {
  return paths.find((path) => path !== undefined && existsSync(path)) ?? null;
}
