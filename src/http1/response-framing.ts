import { elementEnd, isToken, trimOws } from '../message/field-lexer.ts';
import { protocolFailure } from './protocol-failure.ts';
import type { StatusLine } from './status-line.ts';

/** How the body of a response is delimited, and whether another response may follow it on the connection. */
export interface ResponseFraming {
  /** `tunnel`: what follows is not HTTP any more (a CONNECT that succeeded, 101). `close`: the body ends with the connection. */
  readonly kind: 'none' | 'length' | 'chunked' | 'close' | 'tunnel';
  /** Bytes of the body as sent, 0 when there is none, null when only its end tells. */
  readonly length: number | null;
  readonly keepAlive: boolean;
  /**
   * The message has no content, and its fields speak of some (HEAD, 304): a server that sends that content all the same
   * sends it behind the message.
   */
  readonly announced: boolean;
}

interface FramingFields {
  /** −1 when there is no Content-Length. */
  readonly length: number;
  /** There is a Transfer-Encoding. */
  readonly coded: boolean;
  readonly chunked: boolean;
  readonly keepAlive: boolean;
}

/**
 * RFC 9112 §6.3. What it leaves to the recipient is decided for the strict side where two readers could disagree about
 * where the message ends.
 *
 * @param pairs the fields of a final response, names in lower case.
 * @throws NetworkError `protocol-failure` when they could.
 */
export function responseFraming(
  requestMethod: string,
  { status, minorVersion }: StatusLine,
  pairs: readonly string[],
): ResponseFraming {
  // Step 2: Content-Length and Transfer-Encoding have no meaning here and must be ignored.
  if (status === 101 || (requestMethod === 'CONNECT' && status < 300)) {
    return { kind: 'tunnel', length: 0, keepAlive: false, announced: false };
  }
  if (requestMethod === 'HEAD' || status === 204 || status === 304)
    return withoutContent(status, minorVersion, pairs);
  const { length, chunked, keepAlive } = framingFields(pairs, minorVersion);
  if (chunked) return { kind: 'chunked', length: null, keepAlive, announced: false };
  if (length < 0) return { kind: 'close', length: null, keepAlive: false, announced: false };
  return { kind: length === 0 ? 'none' : 'length', length, keepAlive, announced: false };
}

/**
 * Step 1: the message ends with its head, whatever its fields say. Fields that would be refused elsewhere do no harm to
 * it, but the connection is not trusted with another message. Neither is it after a 204 that announces content, which no
 * server may do (RFC 9110 §8.6).
 */
function withoutContent(status: number, minorVersion: 0 | 1, pairs: readonly string[]): ResponseFraming {
  try {
    const { length, coded, keepAlive } = framingFields(pairs, minorVersion);
    const announced = coded || length > 0;
    return { kind: 'none', length: 0, keepAlive: keepAlive && !(announced && status === 204), announced };
  } catch {
    return { kind: 'none', length: 0, keepAlive: false, announced: true };
  }
}

/** @throws NetworkError `protocol-failure` when they contradict each other, or are malformed. */
function framingFields(pairs: readonly string[], minorVersion: 0 | 1): FramingFields {
  let length = -1;
  let coded = false;
  let chunked = false;
  let close = false;
  let keepAlive = minorVersion === 1;
  for (let i = 0; i < pairs.length; i += 2) {
    const name = pairs[i];
    if (name === 'content-length') length = contentLength(pairs[i + 1]!, length);
    else if (name === 'transfer-encoding') {
      const isChunks = isChunked(pairs[i + 1]!, minorVersion);
      // Said twice in the same words it means one thing: proxies repeat the field of the server behind them.
      if (coded && !(chunked && isChunks)) throw protocolFailure(NOT_CHUNKED);
      coded = true;
      chunked = isChunks;
    } else if (name === 'connection') {
      close ||= hasOption(pairs[i + 1]!, 'close');
      keepAlive ||= hasOption(pairs[i + 1]!, 'keep-alive');
    }
  }
  // Step 3 lets Transfer-Encoding win, and says that such a message ought to be handled as an error.
  if (coded && length >= 0) throw protocolFailure('it has both Content-Length and Transfer-Encoding');
  return { length, coded, chunked, keepAlive: keepAlive && !close };
}

/**
 * RFC 9112 §6.3 step 5: digits, or the same number again in a list or in a further field line.
 *
 * @param known the number of an earlier field line, −1 when there was none.
 */
function contentLength(value: string, known: number): number {
  let length = known;
  for (let start = 0; start <= value.length; ) {
    const end = elementEnd(value, start);
    const number = decimal(trimOws(value.slice(start, end)));
    if (number < 0) throw protocolFailure('Content-Length is not a number of bytes below 2^53');
    if (length >= 0 && number !== length) throw protocolFailure('Content-Length is given twice and differs');
    length = number;
    start = end + 1;
  }
  return length;
}

/** −1 when it is not digits only or above 2^53 − 1. */
function decimal(text: string): number {
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
    if (number > Number.MAX_SAFE_INTEGER) return -1;
  }
  return text === '' ? -1 : number;
}

const NOT_CHUNKED = 'Transfer-Encoding is something other than "chunked"';

/** The other registered transfer codings: content that we did not ask for and would have to decode. */
const OTHER_CODINGS = new Set(['compress', 'deflate', 'gzip', 'x-compress', 'x-gzip']);

/**
 * We send no TE, so chunked is the only acceptable coding (RFC 9112 §7.4). It may be applied only once (§6.1): who
 * repeats the word has repeated the field and not the coding. A name that stands for no coding (`identity`, of old)
 * leaves the end to the connection (§6.3 step 4).
 */
function isChunked(value: string, minorVersion: 0 | 1): boolean {
  // §6.1: a message of HTTP/1.0 with Transfer-Encoding is to be treated as one of faulty framing.
  if (minorVersion === 0) throw protocolFailure('it has Transfer-Encoding but is HTTP/1.0');
  const coding = value.toLowerCase();
  if (coding === 'chunked' || isRepetitionOf('chunked', coding)) return true;
  if (!isToken(coding) || coding.includes('chunked') || OTHER_CODINGS.has(coding)) {
    throw protocolFailure(NOT_CHUNKED);
  }
  return false;
}

/** Whether all members of a list are that word. */
function isRepetitionOf(word: string, list: string): boolean {
  return list.includes(',') && list.split(',').every((member) => trimOws(member) === word);
}

/** True when the list of options in a Connection field (RFC 9110 §7.6.1) has that one. */
function hasOption(value: string, option: string): boolean {
  for (let start = 0; start <= value.length; ) {
    const end = elementEnd(value, start);
    if (trimOws(value.slice(start, end)).toLowerCase() === option) return true;
    start = end + 1;
  }
  return false;
}
