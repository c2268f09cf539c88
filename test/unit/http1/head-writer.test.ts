import { describe, expect, test } from 'vitest';
import { writeRequestHead } from '../../../src/http1/head-writer.ts';
import type { RequestFraming } from '../../../src/http1/request-framing.ts';

const NONE: RequestFraming = { kind: 'none' };
const HOST = ['host', 'a.test'] as const;

describe('request head (RFC 9112 §3)', () => {
  test.each<[string, Parameters<typeof writeRequestHead>, string]>([
    [
      'the usual',
      ['GET', '/a?b=c', [...HOST, 'user-agent', 'x'], NONE],
      'GET /a?b=c HTTP/1.1\r\nHost: a.test\r\nUser-Agent: x\r\n\r\n',
    ],
    [
      'names in Title-Case',
      ['GET', '/', [...HOST, 'sec-ch-ua', '1', 'x', '2', 'etag', '3'], NONE],
      'GET / HTTP/1.1\r\nHost: a.test\r\nSec-Ch-Ua: 1\r\nX: 2\r\nEtag: 3\r\n\r\n',
    ],
    [
      'dashes where they are not expected',
      ['GET', '/', [...HOST, '-a--b-', ''], NONE],
      'GET / HTTP/1.1\r\nHost: a.test\r\n-A--B-: \r\n\r\n',
    ],
    [
      'order and repetition are kept',
      ['GET', '/', ['b', '1', ...HOST, 'a', '2', 'b', '3'], NONE],
      'GET / HTTP/1.1\r\nB: 1\r\nHost: a.test\r\nA: 2\r\nB: 3\r\n\r\n',
    ],
    ['a method of one’s own', ['M-SEARCH', '*', HOST, NONE], 'M-SEARCH * HTTP/1.1\r\nHost: a.test\r\n\r\n'],
    [
      'absolute form',
      ['GET', 'http://a.test/b', HOST, NONE],
      'GET http://a.test/b HTTP/1.1\r\nHost: a.test\r\n\r\n',
    ],
    [
      'authority form',
      ['CONNECT', '[::1]:443', ['host', '[::1]:443'], NONE],
      'CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n\r\n',
    ],
    [
      'a length',
      ['POST', '/', HOST, { kind: 'length', length: 12 }],
      'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 12\r\n\r\n',
    ],
    [
      'a length of zero',
      ['POST', '/', HOST, { kind: 'length', length: 0 }],
      'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 0\r\n\r\n',
    ],
    [
      'chunked',
      ['POST', '/', HOST, { kind: 'chunked' }],
      'POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    [
      'only the framing frames',
      [
        'POST',
        '/',
        [...HOST, 'content-length', '9', 'transfer-encoding', 'gzip'],
        { kind: 'length', length: 2 },
      ],
      'POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\n',
    ],
    [
      'obs-text is written as it is',
      ['GET', '/', [...HOST, 'a', 'caf\xe9'], NONE],
      'GET / HTTP/1.1\r\nHost: a.test\r\nA: caf\xe9\r\n\r\n',
    ],
  ])('%s', (_name, input, expected) => {
    expect(writeRequestHead(...input)).toBe(expected);
  });

  const METHOD = 'the method is not a token';
  const TARGET = 'the request target has white space, a control or non-ASCII character';
  const VALUE = 'the value of a cannot be sent';
  const NAME = 'a field name is not a token in lower case';
  test.each<[string, Parameters<typeof writeRequestHead>, string]>([
    ['empty method', ['', '/', HOST, NONE], METHOD],
    ['space in the method', ['GET /x', '/', HOST, NONE], METHOD],
    ['CRLF in the method', ['GET / HTTP/1.1\r\nX:', '/', HOST, NONE], METHOD],
    ['LF at the end of the method', ['GET\n', '/', HOST, NONE], METHOD],
    ['empty target', ['GET', '', HOST, NONE], TARGET],
    ['space in the target', ['GET', '/a HTTP/1.1', HOST, NONE], TARGET],
    ['CRLF in the target', ['GET', '/\r\nX: y', HOST, NONE], TARGET],
    ['LF at the end of the target', ['GET', '/\n', HOST, NONE], TARGET],
    ['NUL in the target', ['GET', '/\0', HOST, NONE], TARGET],
    ['a character that latin1 would cut down to LF', ['GET', '/\u010a', HOST, NONE], TARGET],
    ['CRLF in a value', ['GET', '/', [...HOST, 'a', 'b\r\nc: d'], NONE], VALUE],
    ['NUL in a value', ['GET', '/', [...HOST, 'a', '\0'], NONE], VALUE],
    ['a value that latin1 would cut down to CRLF', ['GET', '/', [...HOST, 'a', '\u010d\u010a'], NONE], VALUE],
    ['CRLF in Host', ['GET', '/', ['host', 'a\r\nb'], NONE], 'the value of host cannot be sent'],
    ['colon in a name', ['GET', '/', [...HOST, 'a:', 'b'], NONE], NAME],
    ['CRLF in a name', ['GET', '/', [...HOST, 'a\r\nb', 'c'], NONE], NAME],
    [
      'a framing field that hides in capitals',
      ['GET', '/', [...HOST, 'Transfer-Encoding', 'chunked'], NONE],
      NAME,
    ],
    ['no Host', ['GET', '/', [], NONE], '0 Host fields instead of one'],
    ['two Hosts', ['GET', '/', [...HOST, ...HOST], NONE], '2 Host fields instead of one'],
  ])('refused: %s', (_name, input, message) => {
    expect(() => writeRequestHead(...input)).toThrow(
      expect.objectContaining({ name: 'TypeError', message: expect.stringContaining(message) }),
    );
  });

  test('no value stands in the message of an error', () => {
    const write = (): string => writeRequestHead('GET', '/', [...HOST, 'authorization', 'secret\n'], NONE);
    expect(write).toThrow(expect.objectContaining({ message: expect.not.stringContaining('secret') }));
  });
});
