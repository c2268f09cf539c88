import { NetworkError, type NetworkErrorCode } from '../../../../src/error.ts';
import { MEANINGS as NETWORK_MEANINGS } from '../../../common/network-failure.ts';

/**
 * The one table from the names of Chromium's errors to our codes; what it does not know is unknown-network.
 *
 * Source: https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h
 */
const CODES: ReadonlyMap<string, NetworkErrorCode> = new Map<string, NetworkErrorCode>([
  ['CONNECTION_REFUSED', 'connection-refused'],
  ['CONNECTION_RESET', 'remote-host-closed'],
  ['CONNECTION_CLOSED', 'remote-host-closed'],
  ['CONNECTION_ABORTED', 'remote-host-closed'],
  ['SOCKET_NOT_CONNECTED', 'remote-host-closed'],
  ['EMPTY_RESPONSE', 'remote-host-closed'],
  ['CONTENT_LENGTH_MISMATCH', 'remote-host-closed'],
  ['INCOMPLETE_CHUNKED_ENCODING', 'remote-host-closed'],
  ['RESPONSE_HEADERS_TRUNCATED', 'remote-host-closed'],
  ['INCOMPLETE_HTTP2_HEADERS', 'remote-host-closed'],
  ['HTTP2_SERVER_REFUSED_STREAM', 'remote-host-closed'],
  ['HTTP2_PING_FAILED', 'remote-host-closed'],
  // A connection that was kept had gone, and what had been streamed is not there any more.
  ['UPLOAD_STREAM_REWIND_NOT_SUPPORTED', 'remote-host-closed'],
  ['NAME_NOT_RESOLVED', 'host-not-found'],
  ['NAME_RESOLUTION_FAILED', 'temporary-network-failure'],
  ['INTERNET_DISCONNECTED', 'temporary-network-failure'],
  ['ADDRESS_UNREACHABLE', 'temporary-network-failure'],
  ['NETWORK_CHANGED', 'temporary-network-failure'],
  ['NETWORK_IO_SUSPENDED', 'temporary-network-failure'],
  ['NETWORK_ACCESS_DENIED', 'temporary-network-failure'],
  ['INSUFFICIENT_RESOURCES', 'temporary-network-failure'],
  ['TIMED_OUT', 'timeout'],
  ['CONNECTION_TIMED_OUT', 'timeout'],
  ['BAD_SSL_CLIENT_AUTH_CERT', 'ssl-handshake-failed'],
  ['INVALID_HTTP_RESPONSE', 'protocol-failure'],
  ['INVALID_CHUNKED_ENCODING', 'protocol-failure'],
  ['CONTENT_DECODING_FAILED', 'protocol-failure'],
  ['CONTENT_DECODING_INIT_FAILED', 'protocol-failure'],
  ['UNEXPECTED_PROXY_AUTH', 'protocol-failure'],
  ['PROXY_CONNECTION_FAILED', 'proxy-connection-refused'],
  ['TUNNEL_CONNECTION_FAILED', 'proxy-connection-closed'],
  ['SOCKS_CONNECTION_FAILED', 'proxy-connection-closed'],
  ['SOCKS_CONNECTION_HOST_UNREACHABLE', 'proxy-connection-closed'],
  ['PROXY_AUTH_REQUESTED', 'proxy-authentication-required'],
  ['PROXY_AUTH_UNSUPPORTED', 'proxy-authentication-required'],
  ['MANDATORY_PROXY_CONFIGURATION_FAILED', 'proxy-not-found'],
  ['PAC_SCRIPT_FAILED', 'proxy-not-found'],
  ['NO_SUPPORTED_PROXIES', 'proxy-not-found'],
  ['CACHE_MISS', 'content-not-found'],
  ['UNSAFE_PORT', 'protocol-invalid-operation'],
  ['INVALID_ARGUMENT', 'protocol-invalid-operation'],
  ['INVALID_URL', 'protocol-invalid-operation'],
  ['UNKNOWN_URL_SCHEME', 'protocol-unknown'],
  ['ABORTED', 'operation-canceled'],
]);

/** Families of names that mean one thing whatever follows. */
const PREFIXES: readonly (readonly [string, NetworkErrorCode])[] = [
  ['SSL_', 'ssl-handshake-failed'],
  ['CERT_', 'ssl-handshake-failed'],
  ['CERTIFICATE_', 'ssl-handshake-failed'],
  ['RESPONSE_HEADERS_', 'protocol-failure'],
  ['HTTP2_', 'protocol-failure'],
  ['QUIC_', 'protocol-failure'],
  // A listener of `webRequest`, an administrator.
  ['BLOCKED_', 'content-access-denied'],
  ['DNS_', 'temporary-network-failure'],
];

/** What a code of Chromium's stands for, too. */
const MEANINGS: Partial<Record<NetworkErrorCode, string>> = {
  ...NETWORK_MEANINGS,
  'content-access-denied': 'Chromium has blocked the request',
  'content-not-found': 'the response is not in the cache',
  'protocol-invalid-operation': 'Chromium does not send such a request',
  'proxy-connection-refused': 'the proxy could not be reached',
  'proxy-connection-closed': 'the proxy did not open the way',
  'proxy-not-found': 'no proxy could be found out',
  'proxy-authentication-required': 'the proxy wants credentials',
};

/** What Electron's `net` has failed with (`net::ERR_CONNECTION_REFUSED`), as our error. */
export function netFailure(thrown: unknown, url: string): NetworkError {
  if (thrown instanceof NetworkError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const name = /\bERR_([A-Z0-9_]+)/.exec(text)?.[1] ?? '';
  const code = codeOf(name) ?? 'unknown-network';
  const about = name.startsWith('CERT_') ? 'the certificate of the server was not accepted' : null;
  const meaning = about ?? MEANINGS[code] ?? 'the network failed';
  return new NetworkError(code, `${meaning}: ${text}`, { url, cause: thrown });
}

function codeOf(name: string): NetworkErrorCode | null {
  return CODES.get(name) ?? PREFIXES.find(([prefix]) => name.startsWith(prefix))?.[1] ?? null;
}
