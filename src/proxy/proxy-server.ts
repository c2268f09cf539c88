import type { AuthenticatingServer } from '../call/authentication.ts';
import type { ProxyServer } from '../call/route.ts';
import {
  arrayOf,
  type Checks,
  checkOptions,
  isObject,
  isString,
  OBJECT,
  oneOf,
  TEXT,
  TRUTH,
  wholeNumber,
} from '../checks/checker.ts';
import { HttpHeaders } from '../message/headers.ts';
import type { NetworkProxy, ProxyCapability } from '../options/proxy.ts';
import { encodeUtf8 } from '../util/bytes.ts';
import { canonicalHost } from '../util/host.ts';

const TYPES = ['none', 'http', 'http-caching', 'socks5', 'socks4a'];
const CAPABILITIES = ['tunneling', 'caching', 'host-name-lookup'];

const CHECKS: Checks<NetworkProxy> = {
  type: { ...oneOf(...TYPES), isRequired: true },
  host: { expected: 'a host, without port', accepts: (value) => isString(value) && hostOf(value) !== null },
  port: wholeNumber(1, 65_535),
  user: TEXT,
  password: TEXT,
  tls: OBJECT,
  headers: OBJECT,
  capabilities: arrayOf(CAPABILITIES.join(', '), (one) => CAPABILITIES.includes(one as string)),
  hostNameLookup: {
    expected: 'proxy or local',
    accepts: (value) => value === 'proxy' || value === 'local',
  },
  guards: TRUTH,
};

/** What each type can do unless it says itself. */
const DEFAULTS: Readonly<Record<ProxyServer['type'], readonly ProxyCapability[]>> = {
  http: ['tunneling', 'caching', 'host-name-lookup'],
  'http-caching': ['caching', 'host-name-lookup'],
  socks5: ['tunneling', 'host-name-lookup'],
  socks4a: ['tunneling', 'host-name-lookup'],
};

/**
 * A proxy by its fields; null for `none`.
 * @throws TypeError that names what is wrong, without what may be secret
 */
export function proxyServer(fields: NetworkProxy): ProxyServer | null {
  const checked = checkOptions('proxy', fields, CHECKS);
  const { type, user = '', password = '', tls = null, headers, capabilities } = checked;
  if (type === 'none') return null;
  if (checked.host === undefined) throw new TypeError("proxy: option 'host': expected a host, without port");
  const isHttp = type.startsWith('http');
  if (!isHttp && (tls !== null || headers !== undefined))
    throw new TypeError(
      `proxy: '${tls === null ? 'headers' : 'tls'}' is for HTTP proxies, and this one is ${type}`,
    );
  const reason = unsendable(type, user, password);
  if (reason !== null) throw new TypeError(`proxy: ${reason}`);
  const can = new Set(capabilities ?? DEFAULTS[type]);
  const isLocal = type === 'socks5' && !can.has('host-name-lookup');
  const { hostNameLookup = isLocal ? 'local' : 'proxy' } = checked;
  if (type !== 'socks5' && hostNameLookup === 'local')
    throw new TypeError(`proxy: names can be resolved here for socks5 only, and this one is ${type}`);
  return Object.freeze({
    type,
    host: hostOf(checked.host)!,
    port: checked.port ?? (isHttp ? (tls === null ? 80 : 443) : 1080),
    user,
    password,
    // What is changed afterwards is for the next request.
    tls: tls === null ? null : Object.freeze({ ...tls }),
    fields: headers === undefined ? [] : fieldsFor(new HttpHeaders(headers)),
    canTunnel: can.has('tunneling'),
    canForward: isHttp && can.has('caching'),
    resolves: hostNameLookup === 'proxy',
    guards: checked.guards ?? false,
  });
}

/** A name or an address in canonical form, IPv6 with or without brackets; null for what is none. */
function hostOf(text: string): string | null {
  const isBareIpv6 = text.includes(':') && !text.startsWith('[');
  const host = canonicalHost(isBareIpv6 ? `[${text}]` : text);
  return host?.startsWith('[') ? host.slice(1, -1) : host;
}

/** Fields that frame a message, or say where it goes: those are ours to write. */
const OURS = ['host', 'content-length', 'transfer-encoding', 'connection', 'upgrade', 'te', 'trailer'];

function fieldsFor(headers: HttpHeaders): readonly string[] {
  const own = OURS.find((name) => headers.has(name));
  if (own !== undefined) throw new TypeError(`proxy: the field ${own} cannot be set`);
  return Object.freeze([...headers.pairs]);
}

/** Tells proxies apart where no credentials may stand: their memory, the queue, explanations. */
export function publicKey({ type, host, port, tls }: ProxyServer): string {
  return `${type}${tls === null ? '' : '+tls'}://${host}:${port}`;
}

export function isProxyFields(value: unknown): value is NetworkProxy {
  return isObject(value) && !Array.isArray(value);
}

const CONTROL = /[\0-\x1f\x7f]/;

/** SOCKS has one byte for each length (RFC 1929 §2). */
const MOST_SOCKS_BYTES = 255;

/** Why these credentials cannot be sent to a proxy of that type, or null. No text of theirs stands in it. */
function unsendable(type: string, user: string, password: string): string | null {
  if (CONTROL.test(user) || CONTROL.test(password))
    return 'user and password must have no control characters';
  if (type.startsWith('http'))
    return user.includes(':') ? 'a user with a colon cannot be sent to an HTTP proxy (RFC 7617 §2)' : null;
  if (type === 'socks4a' && password !== '') return 'SOCKS4a knows no password';
  const isTooLong = [user, password].some((text) => encodeUtf8(text).length > MOST_SOCKS_BYTES);
  return isTooLong ? `SOCKS takes at most ${MOST_SOCKS_BYTES} bytes of user and password` : null;
}

/** A proxy as that which answers its challenges sees it. */
export function authenticatingProxy(proxy: ProxyServer): AuthenticatingServer {
  const { tls, user, password } = proxy;
  const { scheme, hostname, authority } = placeOf(proxy);
  return {
    isProxy: true,
    origin: `${scheme}://${authority}`,
    hostname,
    authority,
    isEncrypted: tls !== null,
    username: user,
    password,
  };
}

/** What a proxy is called in errors, and by `credentials`: its origin, as one would write it. */
export function proxyOrigin(proxy: ProxyServer): string {
  const { scheme, authority } = placeOf(proxy);
  return `${scheme}://${authority}`;
}

function placeOf({ type, host, port, tls }: ProxyServer): {
  scheme: string;
  hostname: string;
  authority: string;
} {
  const scheme = !type.startsWith('http') ? type : tls === null ? 'http' : 'https';
  const hostname = host.includes(':') ? `[${host}]` : host;
  const authority = port === DEFAULT_PORTS.get(scheme) ? hostname : `${hostname}:${port}`;
  return { scheme, hostname, authority };
}

const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['http', 80],
  ['https', 443],
]);
