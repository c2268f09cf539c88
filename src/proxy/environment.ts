import type { ProxyServer } from '../call/route.ts';
import type { ProxyQuery } from '../options/proxy.ts';
import { canonicalHost } from '../util/host.ts';
import { memoizeTexts } from '../util/memoize.ts';
import { NoProxyList } from './no-proxy.ts';
import { parseProxyUrl } from './proxy-url.ts';

/** Reads a variable of the environment. */
export type Environment = (name: string) => string | undefined;

/** What was decided: proxies in order, null for a direct connection, and why. */
export interface Choice {
  readonly proxies: readonly (ProxyServer | null)[];
  readonly rule: string;
}

const exceptionsOf = memoizeTexts((text) => new NoProxyList(text));
const proxyOf = memoizeTexts(parseProxyUrl);

/**
 * What the variables `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say, in lower case before upper case; an empty
 * one is none. They are read anew for each decision. `HTTP_PROXY` does not count where `REQUEST_METHOD` is set: in a CGI
 * program it is the field `Proxy` of whoever asks (httpoxy, CVE-2016-5385). Windows knows it by the name `http_proxy`, too.
 *
 * @throws TypeError for a variable that names no proxy, without its value
 */
export function proxiesOfEnvironment(read: Environment, { scheme, peerHost, peerPort }: ProxyQuery): Choice {
  const name = variableFor(read, scheme);
  if (name === null)
    return { proxies: [null], rule: `environment: neither ${scheme}_proxy nor all_proxy is set` };
  const exceptions = read('no_proxy') || read('NO_PROXY') || '';
  const match =
    exceptions === '' ? null : exceptionsOf(exceptions).match({ host: hostOf(peerHost), port: peerPort });
  if (match !== null) return { proxies: [null], rule: `no_proxy: ${match} matches` };
  try {
    return { proxies: [proxyOf(read(name)!)], rule: `environment: ${name}` };
  } catch (cause) {
    throw new TypeError(`the environment variable ${name} names no proxy: ${(cause as Error).message}`);
  }
}

function variableFor(read: Environment, scheme: 'http' | 'https'): string | null {
  const isCgi = scheme === 'http' && read('REQUEST_METHOD') !== undefined;
  const ignoresCase = isCgi && read('request_method') !== undefined;
  if (!ignoresCase && read(`${scheme}_proxy`)) return `${scheme}_proxy`;
  const upper = `${scheme.toUpperCase()}_PROXY`;
  if (!isCgi && read(upper)) return upper;
  if (read('all_proxy')) return 'all_proxy';
  return read('ALL_PROXY') ? 'ALL_PROXY' : null;
}

function hostOf(peerHost: string): string {
  return peerHost.includes(':') ? `[${peerHost}]` : (canonicalHost(peerHost) ?? peerHost);
}
