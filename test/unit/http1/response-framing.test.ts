import { describe, expect, test } from 'vitest';
import { type ResponseFraming, responseFraming } from '../../../src/http1/response-framing.ts';

type Pairs = readonly string[];
const NONE: ResponseFraming = { kind: 'none', length: 0, keepAlive: true, announced: false };
/** There is no content although the fields speak of some. */
const ANNOUNCED: ResponseFraming = { ...NONE, announced: true };
/** … and no server that keeps to the rules says so: the connection is not used again. */
const FAULTY: ResponseFraming = { ...ANNOUNCED, keepAlive: false };
const THREE: ResponseFraming = { kind: 'length', length: 3, keepAlive: true, announced: false };
const CHUNKED: ResponseFraming = { kind: 'chunked', length: null, keepAlive: true, announced: false };
const CLOSE: ResponseFraming = { kind: 'close', length: null, keepAlive: false, announced: false };
const TUNNEL: ResponseFraming = { kind: 'tunnel', length: 0, keepAlive: false, announced: false };
const LENGTH = ['content-length', '3'] as const;
const CHUNKS = ['transfer-encoding', 'chunked'] as const;

function decide(method: string, status: number, minorVersion: 0 | 1, pairs: Pairs): ResponseFraming {
  return responseFraming(method, { status, minorVersion, reason: '' }, pairs);
}

describe('the body of a response (RFC 9112 §6.3)', () => {
  test.each<[string, string, number, Pairs, ResponseFraming]>([
    ['length', 'GET', 200, LENGTH, THREE],
    ['length zero', 'GET', 200, ['content-length', '0'], NONE],
    ['leading zeros', 'GET', 200, ['content-length', '0003'], THREE],
    ['the same length in a list', 'GET', 200, ['content-length', '3, 3'], THREE],
    ['the same length in a list with other zeros', 'GET', 200, ['content-length', '3 ,\t03'], THREE],
    ['the same length again', 'GET', 200, [...LENGTH, 'x', 'y', ...LENGTH], THREE],
    [
      'the largest length',
      'GET',
      200,
      ['content-length', '9007199254740991'],
      { ...THREE, length: 2 ** 53 - 1 },
    ],
    ['chunked', 'GET', 200, CHUNKS, CHUNKED],
    ['chunked in capitals', 'GET', 200, ['transfer-encoding', 'CHUNKED'], CHUNKED],
    ['identity', 'GET', 200, ['transfer-encoding', 'identity'], CLOSE],
    ['no coding that there is', 'GET', 200, ['transfer-encoding', 'x-none'], CLOSE],
    ['neither', 'GET', 200, [], CLOSE],
    ['neither, whatever Connection says', 'GET', 200, ['connection', 'keep-alive'], CLOSE],
    ['POST is as GET', 'POST', 500, LENGTH, THREE],
    ['HEAD with a length', 'HEAD', 200, LENGTH, ANNOUNCED],
    ['HEAD with length zero', 'HEAD', 200, ['content-length', '0'], NONE],
    ['HEAD with chunked', 'HEAD', 200, CHUNKS, ANNOUNCED],
    ['HEAD with neither', 'HEAD', 200, [], NONE],
    ['204', 'GET', 204, [], NONE],
    ['204 with length zero', 'GET', 204, ['content-length', '0'], NONE],
    ['204 with a length', 'GET', 204, LENGTH, FAULTY],
    ['204 with chunked', 'GET', 204, CHUNKS, FAULTY],
    ['304 with a length', 'GET', 304, LENGTH, ANNOUNCED],
    ['chunked twice', 'GET', 200, ['transfer-encoding', 'chunked, Chunked'], CHUNKED],
    ['chunked twice in two lines', 'GET', 200, [...CHUNKS, ...CHUNKS], CHUNKED],
    [
      'chunked thrice, once in a list',
      'GET',
      200,
      [...CHUNKS, 'transfer-encoding', 'chunked ,\tchunked'],
      CHUNKED,
    ],
    ['205 is framed as any other', 'GET', 205, LENGTH, THREE],
    ['101', 'GET', 101, ['upgrade', 'x'], TUNNEL],
    ['CONNECT that succeeded', 'CONNECT', 200, [], TUNNEL],
    ['CONNECT that succeeded ignores the fields', 'CONNECT', 299, [...LENGTH, ...CHUNKS], TUNNEL],
    ['CONNECT that was redirected', 'CONNECT', 300, LENGTH, THREE],
    ['CONNECT that failed', 'CONNECT', 407, LENGTH, THREE],
  ])('%s', (_name, method, status, pairs, expected) => {
    expect(decide(method, status, 1, pairs)).toEqual(expected);
  });

  const BOTH = 'both Content-Length and Transfer-Encoding';
  const NUMBER = 'not a number of bytes below 2^53';
  const DIFFERS = 'given twice and differs';
  const CODING = 'something other than "chunked"';
  test.each<[string, Pairs, string]>([
    ['both', [...LENGTH, ...CHUNKS], BOTH],
    ['both, the other way round', [...CHUNKS, ...LENGTH], BOTH],
    ['both, with length zero', [...CHUNKS, 'content-length', '0'], BOTH],
    ['lengths that differ', [...LENGTH, 'content-length', '4'], DIFFERS],
    ['lengths that differ from zero', ['content-length', '0, 3'], DIFFERS],
    ['lengths that differ in a list', ['content-length', '3, 4'], DIFFERS],
    ['lengths that differ across lines', ['content-length', '3, 3', 'content-length', '4'], DIFFERS],
    ['a length that comes to differ later', [...LENGTH, ...LENGTH, 'content-length', '0'], DIFFERS],
    ['empty', ['content-length', ''], NUMBER],
    ['empty list element', ['content-length', '3,'], NUMBER],
    ['negative', ['content-length', '-3'], NUMBER],
    ['signed', ['content-length', '+3'], NUMBER],
    ['hexadecimal', ['content-length', '0x3'], NUMBER],
    ['fraction', ['content-length', '3.0'], NUMBER],
    ['exponent', ['content-length', '3e0'], NUMBER],
    ['two numbers', ['content-length', '3 3'], NUMBER],
    ['separators', ['content-length', '1_0'], NUMBER],
    ['digits that are not ASCII', ['content-length', '\xb3'], NUMBER],
    ['2^53', ['content-length', '9007199254740992'], NUMBER],
    ['2^64 + 3', ['content-length', '18446744073709551619'], NUMBER],
    ['endless', ['content-length', '9'.repeat(1000)], NUMBER],
    ['gzip', ['transfer-encoding', 'gzip'], CODING],
    ['gzip, chunked', ['transfer-encoding', 'gzip, chunked'], CODING],
    ['chunked not final', ['transfer-encoding', 'chunked, gzip'], CODING],
    ['chunked, then gzip', [...CHUNKS, 'transfer-encoding', 'gzip'], CODING],
    ['chunked and an empty member', ['transfer-encoding', 'chunked,'], CODING],
    [
      'no coding that there is, twice',
      ['transfer-encoding', 'x-none', 'transfer-encoding', 'x-none'],
      CODING,
    ],
    ['identity, and a length', [...LENGTH, 'transfer-encoding', 'identity'], BOTH],
    ['identity, then chunked', ['transfer-encoding', 'identity', ...CHUNKS], CODING],
    ['identity, chunked', ['transfer-encoding', 'identity, chunked'], CODING],
    ['empty coding', ['transfer-encoding', ''], CODING],
    ['chunked with a parameter', ['transfer-encoding', 'chunked;a=b'], CODING],
    ['an obfuscated coding', ['transfer-encoding', 'xchunked'], CODING],
    ['a vertical tab', ['transfer-encoding', 'chunked\x0b'], CODING],
  ])('refused: %s', (_name, pairs, reason) => {
    const failure = expect.objectContaining({
      code: 'protocol-failure',
      message: expect.stringContaining(reason),
    });
    expect(() => decide('GET', 200, 1, pairs)).toThrow(failure);
    // A message without content ends with its head, whatever its fields say (§6.3 step 1).
    for (const [method, status] of [
      ['HEAD', 200],
      ['GET', 204],
      ['GET', 304],
    ] as const) {
      expect(decide(method, status, 1, pairs)).toEqual(FAULTY);
    }
  });

  test('refused: Transfer-Encoding in HTTP/1.0 (§6.1)', () => {
    expect(() => decide('GET', 200, 0, CHUNKS)).toThrow('it has Transfer-Encoding but is HTTP/1.0');
  });
});

describe('persistence (RFC 9112 §9.3)', () => {
  test.each<[string, 0 | 1, Pairs, boolean]>([
    ['HTTP/1.1', 1, [], true],
    ['HTTP/1.1 keep-alive', 1, ['connection', 'keep-alive'], true],
    ['HTTP/1.1 close', 1, ['connection', 'close'], false],
    ['HTTP/1.1 Close', 1, ['connection', 'Close'], false],
    ['HTTP/1.1 close in a list', 1, ['connection', 'x ,\tclose, y'], false],
    ['HTTP/1.1 close after an empty element', 1, ['connection', ',close'], false],
    ['HTTP/1.1 close in a second field', 1, ['connection', 'x', 'connection', 'close'], false],
    ['HTTP/1.1 close beside keep-alive', 1, ['connection', 'keep-alive', 'connection', 'close'], false],
    ['HTTP/1.1 something that contains close', 1, ['connection', 'xclose, close-not, close x'], true],
    ['HTTP/1.0', 0, [], false],
    ['HTTP/1.0 keep-alive', 0, ['connection', 'Keep-Alive'], true],
    ['HTTP/1.0 keep-alive in a list', 0, ['connection', 'x,keep-alive'], true],
    ['HTTP/1.0 close beside keep-alive', 0, ['connection', 'close, keep-alive'], false],
    ['HTTP/1.0 something else', 0, ['connection', 'keepalive'], false],
  ])('%s', (_name, minorVersion, pairs, expected) => {
    expect(decide('GET', 200, minorVersion, [...LENGTH, ...pairs]).keepAlive).toBe(expected);
  });
});
