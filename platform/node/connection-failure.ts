import { NetworkError } from '../../src/error.ts';
import { networkFailure } from '../common/network-failure.ts';

/** What a peer or OpenSSL ends TLS with, and what a person can do about it. */
const ADVICE: readonly (readonly [words: RegExp, advice: string])[] = [
  [
    /alert.(handshake.failure|insufficient.security)/i,
    'the server accepts nothing of what is offered: it may want other versions, ciphers or groups, or a client certificate, tls: { minVersion, maxVersion, ciphers, groups, signatureAlgorithms, cert, key }',
  ],
  [
    /protocol.version|unsupported.protocol/i,
    'no version is spoken by both: TLS 1.2 and 1.3 can be had, as far as tls: { minVersion, maxVersion } say so',
  ],
  [
    /wrong.version.number|packet.length.too.long/i,
    'what came is not TLS: check the port, and whether http: is spoken there',
  ],
  [
    /alert.(bad.certificate|unsupported.certificate|certificate.\w+|unknown.ca)/i,
    'the server does not accept the client certificate, or wants one, tls: { cert, key }',
  ],
  [
    /alert.no.application.protocol/i,
    'the server speaks none of the protocols that are offered: http2Allowed, http2Direct and tls: { ALPNProtocols } say which',
  ],
  [
    /alert.unrecognized.name/i,
    'the server does not know the name that it is asked by: the host, or tls: { servername }',
  ],
  // Judged by Node itself, where the transport is node:http; our own judgement of certificates says more.
  [
    /UNABLE_TO_(GET_ISSUER|VERIFY_LEAF)|SELF_SIGNED_CERT/,
    'an authority of your own is trusted by the option tls: { ca }',
  ],
];

/**
 * What a connection fails with, as our error, with what can be done where TLS tells why. In TLS 1.3 a server says what it
 * thinks of a client certificate when the handshake is over for us: the first that fails of it may be a request.
 */
export function connectionFailure(thrown: unknown, url: string): NetworkError {
  const failure = networkFailure(thrown, url);
  const advice = failure === thrown || failure.code !== 'ssl-handshake-failed' ? null : adviceOn(thrown);
  if (advice === null) return failure;
  return new NetworkError(failure.code, `${failure.message}; ${advice}`, { url, cause: thrown });
}

/** In words, or null where there is nothing to say. */
function adviceOn(cause: unknown): string | null {
  const { code = '', message = '' } = (cause ?? {}) as {
    readonly code?: unknown;
    readonly message?: unknown;
  };
  const said = `${code} ${message}`;
  return ADVICE.find(([words]) => words.test(said))?.[1] ?? null;
}
