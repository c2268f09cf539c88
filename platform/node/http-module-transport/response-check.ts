import type { IncomingMessage } from 'node:http';
import type { NetworkError } from '../../../src/error.ts';
import { protocolFailure } from '../../../src/http1/protocol-failure.ts';
import { type ResponseFraming, responseFraming } from '../../../src/http1/response-framing.ts';
import { DEFAULT_RESPONSE_LIMITS } from '../../../src/http1/response-limits.ts';
import type { HttpHeaders } from '../../../src/message/headers.ts';
import { connectionFailure } from '../connection-failure.ts';

/** Of a response, as of one that our own parser reads. */
const { fieldSize, headSize, reasonSize, trailerSize } = DEFAULT_RESPONSE_LIMITS;

/** A colon and a space, or CRLF. */
const SEPARATOR_SIZE = 2;

/** Bytes of a response head, and of its trailers: what `node:http` is told to take. */
export const MAXIMUM_HEAD: number = headSize;

/** HTAB, SP, VCHAR and obs-text (RFC 9110 §5.5). */
const TEXT = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Refuses what llhttp lets pass and our own parser refuses: a version other than 1.x, a status that is not a final one,
 * a reason phrase or a field value with a control character, a transfer coding that cannot be undone, too much of something.
 *
 * @throws NetworkError protocol-failure
 */
export function checkResponse(
  method: string,
  message: IncomingMessage,
  headers: HttpHeaders,
): ResponseFraming {
  const { httpVersionMajor, httpVersionMinor } = message;
  const status = message.statusCode!;
  const reason = message.statusMessage ?? '';
  if (httpVersionMajor !== 1 || httpVersionMinor > 1)
    throw protocolFailure('the version is neither HTTP/1.0 nor HTTP/1.1');
  if (status < 200) throw protocolFailure(`the status ${status} is not that of a final response`);
  if (reason.length > reasonSize) throw limitExceeded(`the reason phrase is longer than ${reasonSize} bytes`);
  if (!TEXT.test(reason)) throw protocolFailure('the reason phrase has a control character');
  checkFields(headers.pairs);
  return responseFraming(
    method,
    { status, minorVersion: httpVersionMinor === 0 ? 0 : 1, reason },
    headers.pairs,
  );
}

/** How many there are is bounded by the size of the head alone. @throws NetworkError protocol-failure */
function checkFields(pairs: readonly string[]): void {
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i]!;
    const value = pairs[i + 1]!;
    if (name.length + value.length > fieldSize)
      throw limitExceeded(`a field is larger than ${fieldSize} bytes`);
    if (!TEXT.test(value)) throw protocolFailure(`the value of ${name} has a control character`);
  }
}

/** @throws NetworkError protocol-failure */
export function checkTrailers(trailers: HttpHeaders): HttpHeaders {
  let size = 0;
  for (const text of trailers.pairs) size += text.length + SEPARATOR_SIZE;
  if (size > trailerSize) throw limitExceeded(`the trailer section is larger than ${trailerSize} bytes`);
  checkFields(trailers.pairs);
  return trailers;
}

/** Whether llhttp had read the beginning of a status line before it gave up. */
export function isBegun(cause: unknown): boolean {
  const { code } = cause as { readonly code?: unknown };
  return typeof code === 'string' && code.startsWith('HPE_') && code !== 'HPE_INVALID_CONSTANT';
}

/** What `node:http` threw, as our error. */
export function failureOfNode(cause: unknown, url: string): NetworkError {
  const isOurLimit = (cause as { readonly code?: unknown }).code === 'HPE_HEADER_OVERFLOW';
  return connectionFailure(
    isOurLimit ? limitExceeded(`the head is larger than ${headSize} bytes`) : cause,
    url,
  );
}

/** The limits of this transport are what they are. */
function limitExceeded(what: string): NetworkError {
  return protocolFailure(`${what}, which is our limit (a SocketTransport has the option responseLimits)`);
}
