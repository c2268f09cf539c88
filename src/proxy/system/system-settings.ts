import type { ProxyServer } from '../../call/route.ts';
import type { ProxyQuery } from '../../options/proxy.ts';
import { canonicalHost, isLoopback } from '../../util/host.ts';
import { memoizeTexts } from '../../util/memoize.ts';
import type { Choice } from '../environment.ts';
import { NoProxyList } from '../no-proxy.ts';
import { parseProxyUrl } from '../proxy-url.ts';

/** What a desktop or an operating system has been told about proxies, whichever it is. */
export interface SystemSettings {
  /** Whose settings these are: `macOS`, `Windows`, `GNOME`, `KDE`. */
  readonly source: string;
  /** The URL of a PAC file. It goes before the proxies that are named, as in browsers. */
  readonly pac: string | null;
  /** A PAC file is to be looked for (WPAD). */
  readonly discovers: boolean;
  /** The variables of the environment are to be asked (KDE). */
  readonly asksEnvironment: boolean;
  /** URLs of proxies. What has none of its own goes through SOCKS. */
  readonly http: string | null;
  readonly https: string | null;
  readonly socks: string | null;
  /** Hosts that are reached directly, as `no_proxy` lists them. */
  readonly exceptions: string;
  /** It is only those hosts that are reached through a proxy (KDE). */
  readonly isReversed: boolean;
}

/** Settings that say nothing. */
export const NO_SETTINGS: Omit<SystemSettings, 'source'> = {
  pac: null,
  discovers: false,
  asksEnvironment: false,
  http: null,
  https: null,
  socks: null,
  exceptions: '',
  isReversed: false,
};

const exceptionsOf = memoizeTexts((text) => new NoProxyList(text));
const proxyOf = memoizeTexts(parseProxyUrl);

/**
 * What the proxies that the settings name mean for a query. This machine itself is reached directly, as in all browsers.
 * @throws TypeError for a setting that names no proxy, without its value
 */
export function chooseBySystemSettings(settings: SystemSettings, query: ProxyQuery): Choice {
  const { source, exceptions, isReversed } = settings;
  const host = query.peerHost.includes(':') ? `[${query.peerHost}]` : query.peerHost;
  const direct = (why: string): Choice => ({ proxies: [null], rule: `system (${source}): ${why}` });
  if (isLoopback(host)) return direct('not for this machine itself');
  const peer = { host: canonicalHost(host) ?? host, port: query.peerPort };
  const match = exceptions === '' ? null : exceptionsOf(exceptions).match(peer);
  if (match !== null && !isReversed) return direct(`exception ${match} matches`);
  if (match === null && isReversed) return direct('no host of its list matches');
  const kind = settings[query.scheme] === null ? 'socks' : query.scheme;
  const url = settings[kind];
  if (url === null) return direct(`no proxy for ${query.scheme}`);
  return { proxies: [proxyNamed(url, kind)], rule: `system (${source}): proxy for ${kind}` };
}

function proxyNamed(url: string, kind: string): ProxyServer {
  try {
    return proxyOf(url);
  } catch (cause) {
    throw new TypeError(`the setting for ${kind} names no proxy: ${(cause as Error).message}`);
  }
}

/** A proxy of settings that keep host and port apart; null where there is no host. A port of 0 is the usual one. */
export function proxyUrlOf(
  scheme: string,
  host: string | undefined,
  port: string | undefined,
): string | null {
  const name = host?.trim() ?? '';
  if (name === '') return null;
  const bracketed = name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
  return `${scheme}://${bracketed}${Number(port ?? 0) === 0 ? '' : `:${Number(port)}`}`;
}
