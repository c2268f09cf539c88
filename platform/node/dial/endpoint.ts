import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HttpRequest } from '../../../src/call/request.ts';
import type { ForwardRoute, Route } from '../../../src/call/route.ts';
import { NetworkError } from '../../../src/error.ts';
import type { AddressFilter } from '../../../src/options/address-filter.ts';
import type { CertificatePins } from '../../../src/options/certificate-pins.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import { publicKey } from '../../../src/proxy/proxy-server.ts';
import { idOfError } from '../../../src/tls/ignored-errors.ts';
import type { SslError } from '../../../src/util/ssl-error.ts';
import { fingerprint } from './fingerprint.ts';
import { identityFor, type TlsIdentity } from './tls-identity.ts';

/** Which protocols a connection may speak: `either` lets TLS negotiate (ALPN, RFC 7301). */
type Protocols = 'http/1.1' | 'h2' | 'either';

/** Everything that decides whether two requests may use one connection. */
export interface Endpoint {
  /** Equal for equal endpoints. It has no secret of TLS material or of a route in it. */
  readonly key: string;
  /** The same without what is accepted of its certificates. */
  readonly place: string;
  readonly origin: string;
  /** Name or address, IPv6 without brackets; of a local server its path or the name of its pipe. */
  readonly host: string;
  /** 0 for a local server. */
  readonly port: number;
  readonly local: boolean;
  /** Null for cleartext. */
  readonly tls: TlsIdentity | null;
  readonly protocols: Protocols;
  readonly route: Route;
  /** Which addresses may be connected to; null for all. */
  readonly filter: AddressFilter | null;
  /** What of its certificates is accepted although it is wrong, by {@link idOfError}. */
  readonly ignoredErrors: ReadonlySet<string>;
  /** Keys that it, and a proxy on the way, may be known by. */
  readonly pins: CertificatePins | null;
  /** What a proxy is told in CONNECT: that of the first request. Empty for none. */
  readonly userAgent: string;
}

/** @param ignored the errors that the request accepts, as they have occurred */
export function endpointOf(
  { url, options, parts, headers, plan }: HttpRequest,
  route: Route,
  ignored: readonly SslError[] = [],
): Endpoint {
  const filter = parts?.addressFilter ?? null;
  const userAgent = headers.get('user-agent') ?? '';
  const pins = options.certificatePins;
  if (route.kind === 'forward') return proxyEndpoint(route, filter, pins, userAgent);
  const local = url.scheme === 'unix+http';
  const secure = url.scheme === 'https';
  const host = local ? localServer(url.hostname, url.href) : withoutBrackets(url.hostname);
  const port = local ? 0 : url.port;
  const tls = secure ? identityFor(options.tls, url.hostname, url.href) : null;
  const protocols = protocolsOf(options, tls, url.href);
  const { origin } = url;
  const ignoredErrors = new Set(ignored.map(idOfError));
  const way = route.kind === 'direct' ? wayOf(route) : [wayOf(route), plan?.identity];
  const place = JSON.stringify([origin, tls?.key, protocols, way, filterKey(filter), pins]);
  const key = ignored.length === 0 ? place : JSON.stringify([place, ...[...ignoredErrors].sort()]);
  return {
    key,
    place,
    origin,
    host,
    port,
    local,
    tls,
    protocols,
    route,
    filter,
    ignoredErrors,
    pins,
    userAgent,
  };
}

/**
 * What of it may be spoken; the application's own list has the last word, over TLS.
 * @throws NetworkError protocol-invalid-operation when nothing is left
 */
function protocolsOf(
  { http2Allowed, http2Direct }: RequestOptions,
  tls: TlsIdentity | null,
  url: string,
): Protocols {
  const own = tls?.protocols ?? null;
  const wanted = http2Direct ? 'h2' : tls === null || !http2Allowed ? 'http/1.1' : 'either';
  if (own === null) return wanted;
  if (wanted !== 'either') {
    if (own.includes(wanted)) return wanted;
    const reason = http2Direct ? 'http2Direct wants' : 'is left where HTTP/2 is not for a request';
    const words = `tls.ALPNProtocols is without ${wanted}, which ${reason}`;
    throw new NetworkError('protocol-invalid-operation', words, { url });
  }
  if (!own.includes('h2')) return 'http/1.1';
  return own.includes('http/1.1') ? 'either' : 'h2';
}

/** A proxy that is asked for each resource by its URL: one connection carries requests to all origins. */
function proxyEndpoint(
  route: ForwardRoute,
  filter: AddressFilter | null,
  pins: CertificatePins | null,
  userAgent: string,
): Endpoint {
  const { host, port } = route.proxy;
  const origin = publicKey(route.proxy);
  const key = JSON.stringify([origin, 'forward', wayOf(route), filterKey(filter), pins]);
  const way = { key, place: key, origin, host, port, route, filter, pins, userAgent };
  return { ...way, local: false, tls: null, protocols: 'http/1.1', ignoredErrors: NOTHING_IGNORED };
}

const NOTHING_IGNORED: ReadonlySet<string> = new Set();

const ways = new WeakMap<Route, string>();

/** Equal for equal routes, credentials and TLS material of their proxies included. */
function wayOf(route: Route): string {
  if (Object.keys(route).length === 1) return route.kind;
  const way = ways.get(route) ?? fingerprint(route);
  ways.set(route, way);
  return way;
}

const filterKeys = new WeakMap<AddressFilter, number>();
let filters = 0;

/** One filter has seen the address of a connection, another one has not. */
function filterKey(filter: AddressFilter | null): number {
  if (filter === null) return 0;
  const key = filterKeys.get(filter) ?? ++filters;
  filterKeys.set(filter, key);
  return key;
}

function withoutBrackets(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
}

/** The socket or pipe that the host part of a `unix+http:` URL names, percent-encoded. */
function localServer(hostname: string, url: string): string {
  let name: string;
  try {
    name = decodeURIComponent(hostname);
  } catch (cause) {
    throw new NetworkError('host-not-found', 'the name of the local server is not UTF-8', { url, cause });
  }
  const path = localServerPath(name, process.platform);
  if (path !== null) return path;
  throw new NetworkError('host-not-found', `the URL names no local server: expected ${LOCAL_NAMES}`, { url });
}

const LOCAL_NAMES = 'a path, or on Windows the name of a pipe, alone or below \\\\.\\pipe\\ or \\\\?\\pipe\\';

/**
 * The path of the socket or pipe that a `unix+http:` URL names: a path, or a name that is completed as QLocalSocket does
 * (https://doc.qt.io/qt-6/qlocalserver.html#listen). Null for what is not on this machine, or could leave the place of
 * pipes: Windows opens `\\host\pipe\name` on that host, and shows it who the user is.
 */
export function localServerPath(name: string, platform: NodeJS.Platform): string | null {
  if (name === '' || name.includes('\0')) return null;
  if (platform === 'win32') return pipePath(name);
  return path.isAbsolute(name) ? name : path.join(tmpdir(), name);
}

const PIPES = /^\\\\[.?]\\pipe\\/i;

function pipePath(name: string): string | null {
  // Windows reads both as the same.
  const full = name.replaceAll('/', '\\');
  const prefix = PIPES.exec(full)?.[0] ?? '';
  if (prefix === '' && full.startsWith('\\\\')) return null;
  const parts = full.slice(prefix.length).split('\\');
  // `\\.\pipe\..\UNC\host\…` is resolved before it is opened.
  if (parts.some((part) => part === '' || /^\.+ *$/.test(part))) return null;
  return (prefix || '\\\\.\\pipe\\') + parts.join('\\');
}
