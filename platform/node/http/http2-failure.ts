import { NetworkError, type NetworkErrorCode } from '../../../src/error.ts';

/** RFC 9113 §7: the code of a stream that the peer did not look at. */
export const REFUSED_STREAM = 7;

/** RFC 9113 §7: the code of what the peer wants to be asked over HTTP/1.1. */
export const HTTP_1_1_REQUIRED = 13;

const ENHANCE_YOUR_CALM = 11;
const OUR_LIMITS =
  ', by the server, or because the response head is larger than our limits (responseLimits.fields, responseLimits.headSize)';

/**
 * RFC 9113 §7, by number, and what Qt makes of each (http2protocol.cpp, `qt_error`), with one difference: a peer that
 * cancels has broken no rule, and Node says CANCEL as well when the connection was lost.
 */
const ERRORS: readonly (readonly [string, NetworkErrorCode])[] = [
  ['NO_ERROR', 'remote-host-closed'],
  ['PROTOCOL_ERROR', 'protocol-failure'],
  ['INTERNAL_ERROR', 'internal-server'],
  ['FLOW_CONTROL_ERROR', 'protocol-failure'],
  ['SETTINGS_TIMEOUT', 'timeout'],
  ['STREAM_CLOSED', 'protocol-failure'],
  ['FRAME_SIZE_ERROR', 'protocol-failure'],
  ['REFUSED_STREAM', 'protocol-failure'],
  ['CANCEL', 'remote-host-closed'],
  ['COMPRESSION_ERROR', 'protocol-failure'],
  ['CONNECT_ERROR', 'unknown-network'],
  ['ENHANCE_YOUR_CALM', 'unknown-server'],
  ['INADEQUATE_SECURITY', 'content-access-denied'],
  ['HTTP_1_1_REQUIRED', 'protocol-failure'],
];

/**
 * The error of a stream that was reset with that code, by the peer or by nghttp2 because of what the peer sent. Node ends a
 * stream whose head exceeds a limit of ours with the code by which a peer would say that we exceed one of its own, and
 * does not tell the two apart.
 */
export function streamFailure(code: number, url: string, isAnswered: boolean): NetworkError {
  const [name, kind] = ERRORS[code] ?? [String(code), 'protocol-failure'];
  const ours = code === ENHANCE_YOUR_CALM && !isAnswered ? OUR_LIMITS : '';
  return new NetworkError(kind, `the HTTP/2 stream was ended: ${name} (RFC 9113 §7)${ours}`, { url });
}
