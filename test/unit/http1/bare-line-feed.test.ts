import { describe, expect, test } from 'vitest';
import { received, receivedSlowly, refused } from './wire.ts';

const options = { bareLineFeedAllowed: true };

describe('a line that ends in LF alone (RFC 9112 §2.2), where it is allowed', () => {
  test.each<[string, string, string, string]>([
    [
      'a head',
      'HTTP/1.1 200 OK\nA: b\nContent-Length: 3\n\nabc',
      '1 200 OK\na: b\ncontent-length: 3\n',
      'abc',
    ],
    [
      'some lines of a head',
      'HTTP/1.1 200 OK\r\nA: b\nContent-Length: 3\r\n\nabc',
      '1 200 OK\na: b\ncontent-length: 3\n',
      'abc',
    ],
    [
      'chunks and trailers',
      'HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3;a\na\nb\n0\nC: d\n\n',
      '1 200 OK\ntransfer-encoding: chunked\n',
      'a\nb',
    ],
    ['a fold', 'HTTP/1.1 204 x\nA: b\n c\n\n', '1 204 x\na: b c\n', ''],
    ['an empty line first', '\nHTTP/1.1 204 x\n\n', '1 204 x\n', ''],
  ])('ends %s', (_name, text, head, body) => {
    const outcome = received(text, 'GET', options);
    expect(outcome).toMatchObject({ head, body, end: 'complete', why: '' });
    expect(receivedSlowly(text, 'GET', options)).toEqual(outcome);
    expect(received(text).why).toBe(refused('a line ends in LF without CR (RFC 9112 §2.2)'));
  });

  test('CR alone ends nothing', () => {
    const reason = refused('the value of a has a control character');
    expect(received('HTTP/1.1 200 OK\nA: b\rC: d\n\n', 'GET', options).why).toBe(reason);
  });
});
