import type { ProxyFactory } from '../../../../src/options/proxy.ts';
import { proxyFactoryOf } from '../../../../src/proxy/own-factory.ts';
import { NetworkAccessManager } from '../../index.ts';
import { downloadsWith, PacFile } from './pac-file.ts';

const download = downloadsWith((options) => new NetworkAccessManager(options));

const SCHEMES = ['http:', 'https:', 'file:', 'data:'];

/** Where WPAD looks by DNS: the resolver adds the domains of the machine. */
const WPAD = 'http://wpad/wpad.dat';

/**
 * A `proxyFactory` that asks a PAC file ("proxy auto-config"): its `FindProxyForURL` runs in QuickJS, where nothing of Node is
 * to be reached, for at most 200 ms and 8 MB, in a worker thread of its own. That takes the optional packages `quickjs-emscripten-core` and
 * `@jitl/quickjs-wasmfile-release-sync`; without them, and where the file cannot be had or fails, requests end with
 * proxy-not-found. Of https URLs it is told the origin alone, as in browsers. What it says holds for 30 s; the file is looked at
 * again every 5 minutes (`file:`: 2 s).
 *
 * The script runs anew after each name that it looks up, 15 s in all. The 200 ms are measured between two of its steps; what
 * QuickJS does in one step (`new Array(3e9).join('x')`) ends with its thread after 2 s, and nothing else waits for it. A script
 * that did not end is not run for 30 s. The thread is begun with the first question, keeps no process alive, and is ended by
 * `close()` of the manager and when nothing is asked for 30 s. It loads QuickJS from `node_modules` beside this package or beside
 * the program: of a bundle both packages are left out ("external").
 *
 * @param url http, https, file or data; `'wpad'` looks for the file that the local network names by DNS
 *   (`http://wpad/wpad.dat`). Whoever answers to that name sees where requests go: only for networks that are trusted
 * @throws TypeError for another URL
 */
export function pacProxies(url: string | URL): ProxyFactory {
  const file = new PacFile(url === 'wpad' ? WPAD : checkedUrl(url), { download });
  return proxyFactoryOf(file, ({ proxies }) =>
    proxies.map((proxy) => (proxy === null ? 'none' : textOf(proxy))),
  );
}

/** Without credentials, which a script seldom names. */
function textOf({
  type,
  host,
  port,
  tls,
}: {
  type: string;
  host: string;
  port: number;
  tls: unknown;
}): string {
  const scheme = type === 'http' ? `http${tls === null ? '' : 's'}` : type;
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function checkedUrl(url: string | URL): string {
  const parsed = URL.canParse(String(url)) ? new URL(url) : null;
  if (parsed === null || !SCHEMES.includes(parsed.protocol))
    throw new TypeError(`pacProxies: expected a URL of ${SCHEMES.join(', ')} or 'wpad'`);
  return parsed.href;
}
