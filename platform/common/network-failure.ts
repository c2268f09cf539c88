import { NetworkError, type NetworkErrorCode } from '../../src/error.ts';

/**
 * The one table from the codes of Node's errors to ours. Imports nothing of Node: fetch functions that are built on Node
 * (`node-fetch`, undici) throw the same codes.
 *
 * Source: https://nodejs.org/api/errors.html, https://nodejs.org/api/tls.html#x509-certificate-error-codes, getaddrinfo(3).
 */
const NETWORK_CODES: ReadonlyMap<string, NetworkErrorCode> = new Map([
  ['ECONNREFUSED', 'connection-refused'],
  ['ECONNRESET', 'remote-host-closed'],
  ['ECONNABORTED', 'remote-host-closed'],
  ['EPIPE', 'remote-host-closed'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'remote-host-closed'],
  ['UND_ERR_SOCKET', 'remote-host-closed'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'remote-host-closed'],
  ['ENOTFOUND', 'host-not-found'],
  // The path of a local socket, as Qt's ServerNotFoundError.
  ['ENOENT', 'host-not-found'],
  ['ENODATA', 'host-not-found'],
  ['EAI_NONAME', 'host-not-found'],
  ['EAI_NODATA', 'host-not-found'],
  // The resolver itself could not be asked: whether the host exists is not known.
  ['EAI_AGAIN', 'temporary-network-failure'],
  ['ENETDOWN', 'temporary-network-failure'],
  ['ENETUNREACH', 'temporary-network-failure'],
  ['ENETRESET', 'temporary-network-failure'],
  ['EHOSTDOWN', 'temporary-network-failure'],
  ['EHOSTUNREACH', 'temporary-network-failure'],
  // This machine has no more files, ports or memory for a connection: others that end give some back.
  ['EMFILE', 'temporary-network-failure'],
  ['ENFILE', 'temporary-network-failure'],
  ['ENOBUFS', 'temporary-network-failure'],
  ['ENOMEM', 'temporary-network-failure'],
  ['EADDRNOTAVAIL', 'temporary-network-failure'],
  // Windows says so of an outgoing connection when its ports are used up.
  ['EADDRINUSE', 'temporary-network-failure'],
  ['EAGAIN', 'temporary-network-failure'],
  ['EAI_MEMORY', 'temporary-network-failure'],
  ['ETIMEDOUT', 'timeout'],
  ['ERR_SOCKET_CONNECTION_TIMEOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_TIMEOUT', 'timeout'],
  ['UND_ERR_BODY_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'protocol-failure'],
  ['EPROTO', 'ssl-handshake-failed'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'ssl-handshake-failed'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ssl-handshake-failed'],
  ['UNABLE_TO_GET_CRL', 'ssl-handshake-failed'],
  ['UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'ssl-handshake-failed'],
  ['UNABLE_TO_DECRYPT_CRL_SIGNATURE', 'ssl-handshake-failed'],
  ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'ssl-handshake-failed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ssl-handshake-failed'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'ssl-handshake-failed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'ssl-handshake-failed'],
  ['INVALID_CA', 'ssl-handshake-failed'],
  ['INVALID_PURPOSE', 'ssl-handshake-failed'],
  ['PATH_LENGTH_EXCEEDED', 'ssl-handshake-failed'],
  ['HOSTNAME_MISMATCH', 'ssl-handshake-failed'],
  ['OUT_OF_MEM', 'ssl-handshake-failed'],
]);

/** Families of codes that mean one thing whatever follows. */
const NETWORK_PREFIXES: readonly (readonly [string, NetworkErrorCode])[] = [
  ['HPE_', 'protocol-failure'],
  ['ERR_HTTP2_', 'protocol-failure'],
  ['CERT_', 'ssl-handshake-failed'],
  ['CRL_', 'ssl-handshake-failed'],
  ['ERROR_IN_C', 'ssl-handshake-failed'],
  ['ERR_TLS_', 'ssl-handshake-failed'],
  ['ERR_SSL_', 'ssl-handshake-failed'],
  ['ERR_OSSL_', 'ssl-handshake-failed'],
];

/** What a code stands for, in words: the first half of a message. */
export const MEANINGS: Partial<Record<NetworkErrorCode, string>> = {
  'connection-refused': 'the connection was refused',
  'remote-host-closed': 'the peer closed the connection before the response was complete',
  'host-not-found': 'the host was not found',
  'temporary-network-failure': 'the network cannot be used, or the host not be reached, for now',
  timeout: 'the connection timed out',
  'ssl-handshake-failed': 'the TLS handshake failed',
  'protocol-failure': 'the response is not valid HTTP',
};

/** The code of a network error's `code`, or null for one that the table does not know. */
export function codeOfNetworkFailure(code: string): NetworkErrorCode | null {
  const exact = NETWORK_CODES.get(code);
  if (exact !== undefined) return exact;
  return NETWORK_PREFIXES.find(([prefix]) => code.startsWith(prefix))?.[1] ?? null;
}

/** What a socket, a resolver, TLS or llhttp threw, as our error. Passes a NetworkError through. */
export function networkFailure(thrown: unknown, url: string): NetworkError {
  if (thrown instanceof NetworkError) return thrown;
  const { code: reason, text } = reasonOf(thrown);
  const code = codeOfNetworkFailure(reason) ?? 'unknown-network';
  const meaning = MEANINGS[code] ?? 'the network failed';
  return new NetworkError(code, `${meaning}: ${text}`, { url, cause: thrown });
}

/** Why something failed: the innermost code, or nothing, and a text that has it. */
export interface Reason {
  readonly code: string;
  readonly text: string;
}

/** The error that has the code: fetch functions wrap it as `cause`, a connect to several addresses has one for each. */
export function reasonOf(thrown: unknown): Reason {
  let error = thrown as { code?: unknown; message?: unknown; cause?: unknown; errors?: unknown };
  for (let depth = 0; depth < MOST_WRAPPERS && !hasMessageAndCode(error); depth++) {
    const inner = Array.isArray(error?.errors) ? error.errors[0] : error?.cause;
    if (typeof inner !== 'object' || inner === null) break;
    error = inner;
  }
  const code = typeof error?.code === 'string' ? error.code : '';
  const message = (typeof error?.message === 'string' ? wordsOf(error.message) : String(thrown)).trim();
  return { code, text: code === '' || message.includes(code) ? message : `${message} (${code})` };
}

/** OpenSSL's are `thread:error:number:library:function:words:file:line:` and a line feed. */
function wordsOf(message: string): string {
  return /^[0-9A-F]+:error:(?:[^:]*:){3}([^:]+):/.exec(message)?.[1] ?? message;
}

function hasMessageAndCode(error: { code?: unknown; message?: unknown } | null | undefined): boolean {
  return typeof error?.code === 'string' && typeof error.message === 'string' && error.message !== '';
}

/** A chain of causes may be a circle. */
const MOST_WRAPPERS = 4;
