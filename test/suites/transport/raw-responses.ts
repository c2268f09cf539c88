/** What a peer does to a connection after it has written its bytes. */
export type Ending = 'keep' | 'end' | 'reset';

/** A response, byte by byte, of a peer that may be broken or hostile. Served as `/NAME` by the raw origin. */
export interface RawResponse {
  readonly bytes: string;
  readonly ending: Ending;
}

/** Lets pages of other origins see the response. */
const OPEN = 'Access-Control-Allow-Origin: *';
const head = (...lines: readonly string[]): string =>
  ['HTTP/1.1 200 OK', OPEN, ...lines, '', ''].join('\r\n');
const chunked = head('Transfer-Encoding: chunked');
const keep = (bytes: string): RawResponse => ({ bytes, ending: 'keep' });
const end = (bytes: string): RawResponse => ({ bytes, ending: 'end' });
const reset = (bytes: string): RawResponse => ({ bytes, ending: 'reset' });

/** Connections that are lost before the response is complete: remote-host-closed. */
export const LOST_BEFORE_HEAD: Readonly<Record<string, RawResponse>> = {
  'closed-without-a-byte': end(''),
  'reset-without-a-byte': reset(''),
  'closed-in-the-status-line': end('HTTP/1.1 2'),
  'closed-in-a-field': end('HTTP/1.1 200 OK\r\nContent-Le'),
  'closed-before-the-empty-line': end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n'),
  'closed-after-an-informational-response': end('HTTP/1.1 103 Early Hints\r\n\r\n'),
};

export const LOST_IN_BODY: Readonly<Record<string, RawResponse>> = {
  'closed-before-the-body': end(head('Content-Length: 10')),
  'closed-in-the-body': end(`${head('Content-Length: 10')}12345`),
  'reset-in-the-body': reset(`${head('Content-Length: 10')}12345`),
  'closed-in-a-chunk': end(`${chunked}a\r\n12345`),
  'closed-between-chunks': end(`${chunked}5\r\n12345\r\n`),
  'closed-before-the-trailers': end(`${chunked}5\r\n12345\r\n0\r\n`),
};

/** Heads that are not HTTP, or that two parsers could read differently: protocol-failure. */
export const MALFORMED_HEAD: Readonly<Record<string, RawResponse>> = {
  'no-status-line': keep('this is not HTTP\r\n\r\n'),
  'status-of-two-digits': keep('HTTP/1.1 20 OK\r\n\r\n'),
  'status-of-letters': keep('HTTP/1.1 abc OK\r\n\r\n'),
  'status-below-100': keep('HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n'),
  'switching-to-nothing': keep('HTTP/1.1 101 Switching Protocols\r\nContent-Length: 0\r\n\r\n'),
  'length-of-letters': keep(`${head('Content-Length: abc')}12345`),
  'negative-length': keep(`${head('Content-Length: -5')}12345`),
  'two-lengths': keep(`${head('Content-Length: 5', 'Content-Length: 6')}123456`),
  'length-and-chunks': keep(
    `${head('Content-Length: 5', 'Transfer-Encoding: chunked')}5\r\n12345\r\n0\r\n\r\n`,
  ),
  'coded-transfer': keep(`${head('Transfer-Encoding: gzip, chunked')}5\r\n12345\r\n0\r\n\r\n`),
  'version-of-another-day': keep('HTTP/2.0 200 OK\r\nContent-Length: 5\r\n\r\n12345'),
  'space-before-the-colon': keep(`${head('Content-Length : 5')}12345`),
  'field-without-a-colon': keep(`${head('Content-Length 5')}12345`),
  'NUL-in-a-value': keep(`${head('X-Field: a\0b', 'Content-Length: 5')}12345`),
  'endless-head': keep(`HTTP/1.1 200 OK\r\n${'X-Field: 0123456789abcdef\r\n'.repeat(12_000)}`),
  'endless-field': keep(`HTTP/1.1 200 OK\r\nX-Field: ${'a'.repeat(300_000)}`),
  'endless-informational-responses': keep('HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(200)),
  'switching-protocols': keep(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
  ),
};

export const MALFORMED_BODY: Readonly<Record<string, RawResponse>> = {
  'chunk-size-of-letters': keep(`${chunked}xyz\r\n12345\r\n`),
  'chunk-longer-than-its-size': keep(`${chunked}2\r\n12345\r\n0\r\n\r\n`),
  'chunk-size-beyond-counting': keep(`${chunked}fffffffffffffffff\r\n12345`),
  'trailer-without-a-colon': keep(`${chunked}5\r\n12345\r\n0\r\nnonsense\r\n\r\n`),
};

/** What a hostile peer appends, to be taken for the answer to the next request. */
const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned';

/** Unusual, and right. The body is `12345`. */
export const VALID: Readonly<Record<string, RawResponse>> = {
  'no-reason': keep(`HTTP/1.1 200 \r\n${OPEN}\r\nContent-Length: 5\r\n\r\n12345`),
  'HTTP-1.0-until-close': end(`HTTP/1.0 200 OK\r\n${OPEN}\r\n\r\n12345`),
  'until-close': end(`${head('Connection: close')}12345`),
  'chunk-extensions': keep(`${chunked}2;name=value\r\n12\r\n3\r\n345\r\n0\r\n\r\n`),
  'nonsense-after-the-body': keep(`${head('Content-Length: 5')}12345nonsense`),
  'surplus-after-the-body': keep(
    `${head('Content-Length: 5')}12345HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned`,
  ),
};

/** Field lines of every kind, in an order that counts. */
const FIELDS = [
  'HTTP/1.1 200 As You Like It',
  'X-Repeated: one',
  'X-Other: \t in between ',
  'x-repeated: two, three',
  'X-Latin: gr\xfc\xdfe',
  'Set-Cookie: a=1; Path=/',
  'Set-Cookie: b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT',
  OPEN,
  'Access-Control-Expose-Headers: X-Repeated, X-Other, X-Latin',
  'Content-Length: 6',
  '',
  'fields',
].join('\r\n');

/** A response, and a little later bytes that nobody asked for. */
export const LATE_SURPLUS = { bytes: `${head('Content-Length: 5')}12345`, late: POISON };

export const RAW_RESPONSES: ReadonlyMap<string, RawResponse> = new Map([
  ['fields', keep(FIELDS)] as const,
  ...[LOST_BEFORE_HEAD, LOST_IN_BODY, MALFORMED_HEAD, MALFORMED_BODY, VALID].flatMap(
    Object.entries<RawResponse>,
  ),
]);
