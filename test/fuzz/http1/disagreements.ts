import type { FuzzInput } from './generate-response.ts';
import type { Outcome } from './outcome.ts';

/** A class of inputs on which our parser and llhttp (as node:http configures it) differ, and why ours is right. */
export interface Disagreement {
  readonly name: string;
  /** Where the RFC speaks of it. */
  readonly section: string;
  readonly why: string;
  /** The version of llhttp (major, minor) that has come over to our side. */
  readonly gone?: readonly [number, number];
  readonly example: FuzzInput;
  applies(input: FuzzInput, ours: Outcome, theirs: Outcome): boolean;
  /**
   * The input without what the class is about: the two must agree on that, or differ in another listed way. Absent where
   * we refuse the message for exactly this reason.
   */
  without?(input: FuzzInput): FuzzInput;
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

function toGet(text: string): FuzzInput {
  return { method: 'GET', text };
}

/** We refuse for that reason, and the input has what the reason says. */
interface Refusal extends Omit<Disagreement, 'name' | 'applies' | 'without'> {
  readonly reason: string;
  readonly pattern: RegExp;
}

const REFUSALS: readonly Refusal[] = [
  {
    reason: 'Transfer-Encoding is something other than "chunked"',
    section: 'RFC 9112 §7.4, §6.1',
    why: '"If the TE field value is empty or if no TE field is present, the only acceptable transfer coding is chunked". llhttp reads until the connection closes when chunked is not last, and as chunked when it is (§6.3 (4)): what that yields is coded, and we cannot decode it.',
    pattern:
      /\ntransfer-encoding:(?![ \t]*chunked[ \t]*\r\n)|\ntransfer-encoding:[\s\S]*\ntransfer-encoding:/i,
    example: toGet(`${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`),
  },
  {
    reason: 'it has Transfer-Encoding but is HTTP/1.0',
    section: 'RFC 9112 §6.1',
    why: '"A server or client that receives an HTTP/1.0 message containing a Transfer-Encoding header field MUST treat the message as if the framing is faulty".',
    pattern: /HTTP\/1\.0 [\s\S]*\ntransfer-encoding:/i,
    example: toGet('HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
  },
  {
    reason: 'it switches protocols (101) without being asked',
    section: 'RFC 9110 §7.8',
    why: '"A server MUST NOT switch to a protocol that was not indicated by the client in the corresponding request\'s Upgrade header field." llhttp leaves that to its user.',
    pattern: /HTTP\/1\.[01] 101/,
    example: toGet('HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
  },
  {
    reason: 'the reason phrase has a control character',
    section: 'RFC 9112 §4',
    why: 'reason-phrase is HTAB, SP, VCHAR and obs-text; llhttp takes any byte but LF, and a bare CR for the end of the line.',
    pattern: /HTTP\/1\.[01] \d{3} [^\n]*(?:[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r[^\n])/,
    example: toGet('HTTP/1.1 204 \x01\r\n\r\n'),
  },
  {
    reason: 'it is not HTTP/1.x',
    section: 'RFC 9112 §2.2, §2.3, §4',
    why: 'llhttp skips any number of empty lines before the status line, we skip a few. It also takes HTTP/0.9, HTTP/2.0, RTSP and ICE, which nobody asked for.',
    pattern: /(?:^|\n)(?:\r\n|HTTP\/(?!1\.)|RTSP|ICE)/,
    example: toGet('HTTP/2.0 204 OK\r\n\r\n'),
  },
  {
    reason: 'the status line is malformed (RFC 9112 §4)',
    section: 'RFC 9110 §15, RFC 9112 §2.2',
    why: '"Values outside the range 100..599 are invalid": below 100 there is not even a class that would tell how the message is framed. llhttp takes any three digits, and a bare CR after them for the end of the line.',
    pattern: /HTTP\/1\.[01] (?:0\d\d|\d{3}\r[^\n])/,
    example: toGet('HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n'),
  },
  {
    reason: 'a line ends in LF without CR (RFC 9112 §2.2)',
    section: 'RFC 9112 §2.2',
    why: '"A recipient MAY recognize a single LF as a line terminator": we do not, llhttp does before the status line.',
    pattern: /(?:^|[^\r])\n/,
    example: toGet('\nHTTP/1.1 204 OK\r\n\r\n'),
  },
  {
    reason: 'a chunk size is not a hexadecimal number below 2^53 (RFC 9112 §7.1)',
    section: 'RFC 9112 §7.1',
    why: '"A recipient MUST anticipate potentially large hexadecimal numerals and prevent parsing errors due to integer conversion overflows or precision loss": our numbers are exact below 2^53, those of llhttp below 2^64; and llhttp takes an endless row of leading zeros, we take 16 digits.',
    pattern: /\n[0-9a-f]{14,}/i,
    example: toGet(`${CHUNKED}${'0'.repeat(17)}\r\n\r\n`),
  },
];

/** They differ where the input has the pattern, and only because of it. */
interface Rewriting extends Omit<Disagreement, 'without'> {
  readonly pattern: RegExp;
  readonly replacement: string;
}

const CONNECTION_FIELD = /\nconnection:[^\r\n]*\r(?=\n)/gi;

const REWRITINGS: readonly Rewriting[] = [
  {
    name: 'a field that is folded',
    section: 'RFC 9112 §5.2',
    why: '"A user agent that receives an obs-fold in a response message that is not within a "message/http" container MUST replace each received obs-fold with one or more SP octets prior to interpreting the field value." llhttp refuses it.',
    pattern: /([^\r\n])[ \t]*\r\n[ \t]+/g,
    replacement: '$1 ',
    example: toGet(`${OK}A: b\r\n c\r\nContent-Length: 0\r\n\r\n`),
    applies: acceptedAgainst('HPE_INVALID_HEADER_TOKEN'),
  },
  {
    name: 'framing fields of a message without content',
    section: 'RFC 9112 §6.3 (1)',
    why: 'Such a message "is always terminated by the first empty line after the header fields, regardless of the header fields present in the message". llhttp judges them all the same, and keeps a connection on which a 204 has announced content.',
    pattern: /\n(?:content-length|transfer-encoding):[^\r\n]*\r(?=\n)/gi,
    replacement: '',
    example: toGet('HTTP/1.1 204 x\r\nContent-Length: 1\r\n\r\n'),
    applies: ({ method }, ours, theirs) =>
      (method === 'HEAD' || /^[01] (?:204|304) /.test(ours.head ?? '')) &&
      ours.end === 'complete' &&
      (theirs.end === 'failed' || (theirs.keepAlive && !ours.keepAlive)),
  },
  {
    name: 'white space behind a chunk size',
    section: 'RFC 9112 §7.1',
    why: 'Servers pad sizes that they write into a field of fixed width; curl and Chromium take it. llhttp refuses it.',
    pattern: /(\n[0-9a-f]+)[ \t]+(?=\r\n|;)/gi,
    replacement: '$1',
    example: toGet(`${CHUNKED}0 \r\n\r\n`),
    applies: (_input, ours, theirs) => ours.end !== 'failed' && theirs.end === 'failed',
  },
  {
    name: 'HTAB after the transfer coding',
    section: 'RFC 9112 §5.1',
    why: 'White space after a field value, SP or HTAB, "is excluded by parsers". llhttp does not recognise the coding then, and reads until the connection closes.',
    pattern: /(\ntransfer-encoding:[ \t]*chunked) *\t[ \t]*(?=\r\n)/gi,
    replacement: '$1',
    example: toGet(`${OK}Transfer-Encoding: chunked\t\r\n\r\n0\r\n\r\n`),
    applies: () => true,
  },
  {
    name: 'Content-Length in the trailer section',
    section: 'RFC 9112 §7.1.2',
    why: '"A recipient that retains a received trailer field MUST either store/forward the trailer field separately from the received header fields or merge" it: we keep trailers apart, where none of them frames anything. llhttp refuses this one.',
    pattern: /(\n0+(?:;[^\r\n]*)?\r\n(?:[^\r\n]+\r\n)*?)content-length:[^\r\n]*\r\n/gi,
    replacement: '$1',
    example: toGet(`${CHUNKED}0\r\nContent-Length: 3\r\n\r\n`),
    applies: (input, ours, theirs) =>
      ours.trailers.includes('content-length:') &&
      acceptedAgainst('HPE_INVALID_CONTENT_LENGTH')(input, ours, theirs),
  },
  {
    name: 'HTAB after Content-Length',
    gone: [9, 4],
    section: 'RFC 9112 §5.1',
    why: 'The same; llhttp refuses it.',
    pattern: /(\ncontent-length:[ \t]*\d+) *\t[ \t]*(?=\r\n)/gi,
    replacement: '$1',
    example: toGet(`${OK}Content-Length: 3\t\r\n\r\nabc`),
    applies: (_input, _ours, theirs) => theirs.why === 'HPE_INVALID_CONTENT_LENGTH',
  },
  {
    name: 'Content-Length as a list of the same number',
    section: 'RFC 9112 §6.3 (5)',
    why: 'An invalid Content-Length is an error "unless the field value can be successfully parsed as a comma-separated list, all values in the list are valid, and all values in the list are the same". Qt accepts it, so do we.',
    pattern: /(\ncontent-length:[ \t]*\d+)(?:[ \t]*,[ \t]*\d+)+[ \t]*(?=\r\n)/gi,
    replacement: '$1',
    example: toGet(`${OK}Content-Length: 3, 3\r\n\r\nabc`),
    applies: acceptedAgainst('HPE_INVALID_CONTENT_LENGTH'),
  },
  {
    name: 'Content-Length twice with the same number',
    section: 'RFC 9112 §6.3 (5), RFC 9110 §5.3',
    why: 'The same: field lines of one name are one list.',
    pattern: /(\ncontent-length:[^\r\n]*\r\n(?:[^\r\n]+\r\n)*?)content-length:[^\r\n]*\r\n/gi,
    replacement: '$1',
    example: toGet(`${OK}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`),
    applies: acceptedAgainst('HPE_UNEXPECTED_CONTENT_LENGTH'),
  },
  {
    name: 'framing fields in the answer to CONNECT',
    section: 'RFC 9112 §6.3 (2)',
    why: '"A client MUST ignore any Content-Length or Transfer-Encoding header fields received in such a message."',
    pattern: /\n(?:content-length|transfer-encoding):[^\r\n]*\r(?=\n)/gi,
    replacement: '',
    example: { method: 'CONNECT', text: `${OK}Content-Length: x\r\n\r\n` },
    applies: ({ method }, ours) => method === 'CONNECT' && ours.end === 'tunnel',
  },
  {
    name: 'chunk extensions that are not well-formed',
    section: 'RFC 9112 §7.1.1',
    why: '"A recipient MUST ignore unrecognized chunk extensions": all we look for in them is a control character. llhttp parses them, and not even the white space that the grammar allows.',
    pattern: /([0-9a-f]);[^\r\n]*(?=\r\n)/gi,
    replacement: '$1',
    example: toGet(`${CHUNKED}0; a=b\r\n\r\n`),
    applies: acceptedAgainst('HPE_STRICT'),
  },
  {
    name: 'an informational response that is HTTP/1.0 or has Connection: close',
    section: 'RFC 9110 §15.2, RFC 9112 §9.3',
    why: 'The final response is still to come. llhttp takes the connection for closed.',
    pattern: /HTTP\/1\.0(?= 1\d\d)|\nconnection:[^\r\n]*\r(?=\n)/gi,
    replacement: '',
    example: toGet('HTTP/1.1 103 x\r\nConnection: close\r\n\r\nHTTP/1.1 204 OK\r\n\r\n'),
    applies: (input, ours, theirs) =>
      ours.informational.length > 0 && acceptedAgainst('HPE_CLOSED_CONNECTION')(input, ours, theirs),
  },
  {
    name: 'the option close before HTAB, or beside keep-alive in HTTP/1.0',
    section: 'RFC 9112 §9.3',
    why: '"If the "close" connection option is present, the connection will not persist after the current response", whatever stands beside it. llhttp keeps it.',
    pattern: CONNECTION_FIELD,
    replacement: '\nConnection: close\r',
    example: toGet('HTTP/1.0 204 OK\r\nConnection: keep-alive, close\r\n\r\n'),
    applies: (_input, ours, theirs) => ours.end !== 'failed' && theirs.keepAlive && !ours.keepAlive,
  },
  {
    name: 'the option keep-alive beside others, or before HTAB',
    gone: [9, 4],
    section: 'RFC 9112 §9.3',
    why: 'The same of keep-alive in HTTP/1.0, where llhttp closes.',
    pattern: CONNECTION_FIELD,
    replacement: '\nConnection: keep-alive\r',
    example: toGet('HTTP/1.0 204 OK\r\nConnection: keep-alive\t\r\n\r\n'),
    applies: (_input, ours, theirs) => ours.end !== 'failed' && ours.keepAlive && !theirs.keepAlive,
  },
];

function acceptedAgainst(code: string): Disagreement['applies'] {
  return (_input, ours, theirs) => ours.end !== 'failed' && theirs.end === 'failed' && theirs.why === code;
}

/** The first that applies is taken. */
export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    name: 'persistence after HEAD',
    section: 'RFC 9112 §6.3 (1), §9.3',
    why: 'The response to HEAD ends with its head, so the connection persists. llhttp decides before it knows the method, and takes a head without length for one whose body ends with the connection.',
    example: { method: 'HEAD', text: `${OK}\r\n` },
    applies: ({ method }, ours, theirs) =>
      method === 'HEAD' && ours.end === 'complete' && ours.keepAlive && !theirs.keepAlive,
    without: ({ text }) => toGet(text),
  },
  ...REWRITINGS.map(({ pattern, replacement, applies, ...rest }) => ({
    ...rest,
    applies: (input: FuzzInput, ours: Outcome, theirs: Outcome) =>
      input.text.search(pattern) >= 0 && applies(input, ours, theirs),
    without: ({ method, text }: FuzzInput) => ({ method, text: text.replace(pattern, replacement) }),
  })),
  ...REFUSALS.map(({ reason, pattern, ...rest }) => ({
    ...rest,
    name: `refused: ${reason}`,
    applies: ({ text }: FuzzInput, ours: Outcome) =>
      ours.end === 'failed' && ours.why === `HTTP/1.1 response refused: ${reason}` && pattern.test(text),
  })),
];
