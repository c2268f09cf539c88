import type { FuzzInput } from './generate-response.ts';
import type { Outcome } from './outcome.ts';

/** A class of inputs on which our parser and llhttp (as node:http configures it) differ, and why ours is right. */
export interface Disagreement {
  readonly name: string;
  /** Where the RFC speaks of it. */
  readonly section: string;
  readonly why: string;
  applies(input: FuzzInput, ours: Outcome, theirs: Outcome): boolean;
  /**
   * The input without what the class is about: the two must agree on that, or differ in another listed way. Absent where
   * we refuse the message for exactly this reason.
   */
  without?(input: FuzzInput): FuzzInput;
}

/** We refuse for that reason, and the input has what the reason says. */
function refusal(reason: string, section: string, why: string, pattern: RegExp): Disagreement {
  return {
    name: `refused: ${reason}`,
    section,
    why,
    applies: ({ text }, ours) =>
      ours.end === 'failed' && ours.why === `HTTP/1.1 response refused: ${reason}` && pattern.test(text),
  };
}

const REFUSALS: readonly Disagreement[] = [
  refusal(
    'Transfer-Encoding is not exactly one "chunked"',
    'RFC 9112 §7.4, §6.1',
    '"If the TE field value is empty or if no TE field is present, the only acceptable transfer coding is chunked", and "A sender MUST NOT apply the chunked transfer coding more than once". llhttp reads until the connection closes when chunked is not last, and as chunked when it is (§6.3 (4)): what that yields is coded, and we cannot decode it.',
    /\ntransfer-encoding:(?![ \t]*chunked[ \t]*\r\n)|\ntransfer-encoding:[\s\S]*\ntransfer-encoding:/i,
  ),
  refusal(
    'it has Transfer-Encoding but is HTTP/1.0',
    'RFC 9112 §6.1',
    '"A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message as if the framing is faulty".',
    /HTTP\/1\.0 [\s\S]*\ntransfer-encoding:/i,
  ),
  refusal(
    'the reason phrase has a control character',
    'RFC 9112 §4',
    'reason-phrase is HTAB, SP, VCHAR and obs-text; llhttp takes any byte but LF, and a bare CR for the end of the line.',
    /HTTP\/1\.[01] \d{3} [^\n]*(?:[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r[^\n])/,
  ),
  refusal(
    'it is not HTTP/1.x',
    'RFC 9112 §2.2, §2.3, §4',
    'llhttp skips empty lines before the status line, which §2.2 allows to servers only. It also takes HTTP/0.9, HTTP/2.0, RTSP and ICE, which nobody asked for.',
    /(?:^|\n)(?:\r\n|HTTP\/(?!1\.)|RTSP|ICE)/,
  ),
  refusal(
    'the status line is malformed (RFC 9112 §4)',
    'RFC 9110 §15',
    '"Values outside the range 100..599 are invalid": below 100 there is not even a class that would tell how the message is framed. llhttp takes any three digits.',
    /HTTP\/1\.[01] 0\d\d/,
  ),
  refusal(
    'a line ends in LF without CR (RFC 9112 §2.2)',
    'RFC 9112 §2.2',
    '"A recipient MAY recognize a single LF as a line terminator": we do not, llhttp does before the status line.',
    /(?:^|[^\r])\n/,
  ),
  refusal(
    'Content-Length is not a number of bytes below 2^53',
    'RFC 9110 §8.6',
    '"A recipient MUST anticipate potentially large decimal numerals and prevent parsing errors due to integer conversion overflows or precision loss": our numbers are exact below 2^53, those of llhttp below 2^64.',
    /\ncontent-length:[ \t]*\d{16,}/i,
  ),
  refusal(
    'a chunk size is not a hexadecimal number below 2^53 (RFC 9112 §7.1)',
    'RFC 9112 §7.1',
    'The same of chunk sizes; and llhttp takes an endless row of leading zeros, we take 16 digits.',
    /\n[0-9a-f]{14,}/i,
  ),
];

/** They differ where the input has the pattern, and only because of it. */
function rewriting(
  name: string,
  section: string,
  why: string,
  [pattern, replacement]: readonly [RegExp, string],
  applies: Disagreement['applies'],
): Disagreement {
  return {
    name,
    section,
    why,
    applies: (input, ours, theirs) => input.text.search(pattern) >= 0 && applies(input, ours, theirs),
    without: ({ method, text }) => ({ method, text: text.replace(pattern, replacement) }),
  };
}

function acceptedAgainst(code: string): Disagreement['applies'] {
  return (_input, ours, theirs) => ours.end !== 'failed' && theirs.end === 'failed' && theirs.why === code;
}

const CONNECTION_FIELD = /\nconnection:[^\r\n]*\r(?=\n)/gi;

const REWRITINGS: readonly Disagreement[] = [
  rewriting(
    'HTAB after the transfer coding',
    'RFC 9112 §5.1',
    'White space after a field value, SP or HTAB, "is excluded by parsers". llhttp does not recognise the coding then, and reads until the connection closes.',
    [/(\ntransfer-encoding:[ \t]*chunked) *\t[ \t]*(?=\r\n)/gi, '$1'],
    () => true,
  ),
  rewriting(
    'HTAB after Content-Length',
    'RFC 9112 §5.1',
    'The same; llhttp refuses it.',
    [/(\ncontent-length:[ \t]*\d+) *\t[ \t]*(?=\r\n)/gi, '$1'],
    (_input, _ours, theirs) => theirs.why === 'HPE_INVALID_CONTENT_LENGTH',
  ),
  rewriting(
    'Content-Length as a list of the same number',
    'RFC 9112 §6.3 (5)',
    'An invalid Content-Length is an error "unless the field value can be successfully parsed as a comma-separated list, all values in the list are valid, and all values in the list are the same". Qt accepts it, so do we.',
    [/(\ncontent-length:[ \t]*\d+)(?:[ \t]*,[ \t]*\d+)+[ \t]*(?=\r\n)/gi, '$1'],
    acceptedAgainst('HPE_INVALID_CONTENT_LENGTH'),
  ),
  rewriting(
    'Content-Length twice with the same number',
    'RFC 9112 §6.3 (5), RFC 9110 §5.3',
    'The same: field lines of one name are one list.',
    [/(\ncontent-length:[^\r\n]*\r\n(?:[^\r\n]+\r\n)*?)content-length:[^\r\n]*\r\n/gi, '$1'],
    acceptedAgainst('HPE_UNEXPECTED_CONTENT_LENGTH'),
  ),
  rewriting(
    'framing fields in the answer to CONNECT',
    'RFC 9112 §6.3 (2)',
    '"A client MUST ignore any Content-Length or Transfer-Encoding header fields received in such a message."',
    [/\n(?:content-length|transfer-encoding):[^\r\n]*\r(?=\n)/gi, ''],
    ({ method }, ours) => method === 'CONNECT' && ours.end === 'tunnel',
  ),
  rewriting(
    'chunk extensions that are not well-formed',
    'RFC 9112 §7.1.1',
    '"A recipient MUST ignore unrecognized chunk extensions": all we look for in them is a control character. llhttp parses them, and not even the white space that the grammar allows.',
    [/([0-9a-f]);[^\r\n]*(?=\r\n)/gi, '$1'],
    acceptedAgainst('HPE_STRICT'),
  ),
  rewriting(
    'an informational response that is HTTP/1.0 or has Connection: close',
    'RFC 9110 §15.2, RFC 9112 §9.3',
    'The final response is still to come. llhttp takes the connection for closed.',
    [/HTTP\/1\.0(?= 1\d\d)|\nconnection:[^\r\n]*\r(?=\n)/gi, ''],
    (input, ours, theirs) =>
      ours.informational.length > 0 && acceptedAgainst('HPE_CLOSED_CONNECTION')(input, ours, theirs),
  ),
  rewriting(
    'the option close beside others, or before HTAB',
    'RFC 9112 §9.3',
    '"If the "close" connection option is present, the connection will not persist after the current response", whatever stands beside it. llhttp misses it there, and after keep-alive in HTTP/1.0.',
    [CONNECTION_FIELD, '\nConnection: close\r'],
    (_input, ours, theirs) => ours.end !== 'failed' && theirs.keepAlive && !ours.keepAlive,
  ),
  rewriting(
    'the option keep-alive beside others, or before HTAB',
    'RFC 9112 §9.3',
    'The same of keep-alive in HTTP/1.0, where llhttp closes.',
    [CONNECTION_FIELD, '\nConnection: keep-alive\r'],
    (_input, ours, theirs) => ours.end !== 'failed' && ours.keepAlive && !theirs.keepAlive,
  ),
];

/** The first that applies is taken. */
export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    name: 'persistence after HEAD',
    section: 'RFC 9112 §6.3 (1), §9.3',
    why: 'The response to HEAD ends with its head, so the connection persists. llhttp decides before it knows the method, and takes a head without length for one whose body ends with the connection.',
    applies: ({ method }, ours, theirs) =>
      method === 'HEAD' && ours.end === 'complete' && ours.keepAlive && !theirs.keepAlive,
    without: ({ text }) => ({ method: 'GET', text }),
  },
  ...REWRITINGS,
  ...REFUSALS,
];
