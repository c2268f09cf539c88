import { describe, expect, test } from 'vitest';
import { received, receivedSlowly, refused } from './wire.ts';

const HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

describe('chunked (RFC 9112 §7.1)', () => {
  test.each([
    ['one chunk', '3\r\nabc\r\n0\r\n\r\n', 'abc', ''],
    ['no chunk', '0\r\n\r\n', '', ''],
    ['several', '1\r\na\r\n2\r\nbc\r\n0\r\n\r\n', 'abc', ''],
    [
      'hexadecimal, both cases',
      'a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n',
      '01234567890123456789a',
      '',
    ],
    [
      'the last digit',
      'f\r\n0123456789abcde\r\nF\r\n0123456789abcde\r\n0\r\n\r\n',
      '0123456789abcde'.repeat(2),
      '',
    ],
    ['as many digits as may be', `${'0'.repeat(15)}3\r\nabc\r\n0\r\n\r\n`, 'abc', ''],
    ['leading zeros', '0003\r\nabc\r\n000\r\n\r\n', 'abc', ''],
    ['padded sizes', '3  \r\nabc\r\n0 \t\r\n\r\n', 'abc', ''],
    ['CRLF in the content', '4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n', ''],
    ['content like a last chunk', '5\r\n0\r\n\r\n\r\n0\r\n\r\n', '0\r\n\r\n', ''],
    ['extension', '3;a=b\r\nabc\r\n0;last\r\n\r\n', 'abc', ''],
    ['extension with a quoted string', '3;a="b;\\"c"\r\nabc\r\n0\r\n\r\n', 'abc', ''],
    ['extension with white space and obs-text', '3; a =\t\xe9\r\nabc\r\n0\r\n\r\n', 'abc', ''],
    ['extension without a name', '3;\r\nabc\r\n0\r\n\r\n', 'abc', ''],
    ['trailers', '0\r\nDigest: x\r\nB:  y \r\n\r\n', '', 'digest: x\nb: y\n'],
    ['trailers do not frame', '0\r\nContent-Length: 9\r\n\r\n', '', 'content-length: 9\n'],
  ])('%s', (_name, text, body, trailers) => {
    const outcome = received(HEAD + text);
    expect(outcome).toMatchObject({ end: 'complete', body, trailers, why: '', keepAlive: true });
    expect(receivedSlowly(HEAD + text)).toEqual(outcome);
  });

  const SIZE = 'a chunk size is not a hexadecimal number below 2^53 (RFC 9112 §7.1)';
  const EXTENSION = 'a chunk size is followed by something other than an extension (RFC 9112 §7.1.1)';
  const UNTERMINATED = 'a chunk does not end in CRLF where its size says (RFC 9112 §7.1)';
  const BARE_LF = 'a line ends in LF without CR (RFC 9112 §2.2)';
  test.each([
    ['no size', '\r\nabc\r\n0\r\n\r\n', SIZE],
    ['no hexadecimal digit', 'g\r\n', SIZE],
    ['sign', '+3\r\nabc\r\n', SIZE],
    ['negative', '-3\r\nabc\r\n', SIZE],
    ['space before', ' 3\r\nabc\r\n', SIZE],
    ['extension without a size', ';a=b\r\n', SIZE],
    ['2^53', '20000000000000\r\n', SIZE],
    ['2^64', '10000000000000000\r\n', SIZE],
    ['2^64 + 3: what wraps round in 64 bits', '10000000000000003\r\nabc\r\n0\r\n\r\n', SIZE],
    ['an endless row of zeros', `${'0'.repeat(17)}\r\n\r\n`, SIZE],
    ['0x', '0x3\r\nabc\r\n', EXTENSION],
    ['a space and a letter after', '3 a\r\nabc\r\n', EXTENSION],
    ['vertical tab after', '3\x0b\r\nabc\r\n', EXTENSION],
    ['fraction', '3.0\r\nabc\r\n', EXTENSION],
    ['separator', '1_0\r\nabc\r\n', EXTENSION],
    ['bare CR after the size', '3\rabc\r\n', EXTENSION],
    ['NUL in an extension', '3;a\0\r\nabc\r\n', EXTENSION],
    ['bare CR in an extension', '3;a\rb\r\nabc\r\n', EXTENSION],
    ['LF after the size', '3\nabc\r\n0\r\n\r\n', BARE_LF],
    ['LF in an extension', '3;a\nabc\r\n0\r\n\r\n', BARE_LF],
    ['more content than its size', '2\r\nabc\r\n0\r\n\r\n', UNTERMINATED],
    ['less content than its size', '4\r\nabc\r\n0\r\n\r\n', BARE_LF],
    ['no CRLF after the content', '3\r\nabc0\r\n\r\n', UNTERMINATED],
    ['LF after the content', '3\r\nabc\n0\r\n\r\n', BARE_LF],
    [
      'a trailer that begins with white space',
      '0\r\n A: b\r\n\r\n',
      'there is white space before the first field (RFC 9112 §2.2)',
    ],
    ['NUL in a trailer', '0\r\nA: \0\r\n\r\n', 'the value of a has a control character'],
    [
      'a line that is no trailer',
      '0\r\nHTTP/1.1 200 OK\r\n\r\n',
      'a field name is not a token (RFC 9110 §5.1)',
    ],
  ])('refused: %s', (_name, text, reason) => {
    const outcome = received(HEAD + text);
    expect(outcome).toMatchObject({ end: 'failed', why: refused(reason) });
    expect(receivedSlowly(HEAD + text)).toEqual(outcome);
  });

  test.each([
    ['no digit', 'garbage', SIZE],
    ['something else after the digits', '1fzz', EXTENSION],
    ['too many digits', '0'.repeat(17), SIZE],
  ])('refused before the line has ended: %s', (_name, text, reason) => {
    // The peer says nothing more, and does not close either.
    const outcome = received(`${HEAD}3\r\nabc\r\n${text}`);
    expect(outcome).toMatchObject({ end: 'failed', body: 'abc', why: refused(reason) });
  });

  test('the largest size is one that may come', () => {
    const outcome = received(`${HEAD}1fffffffffffff\r\nabc`);
    expect(outcome).toMatchObject({
      body: 'abc',
      why: 'the server closed the connection before the body ended',
    });
  });

  const complete = '3\r\nabc\r\n0\r\nA: b\r\n\r\n';
  test.each(Array.from(complete, (_, length) => complete.slice(0, length)))('cut off after %j', (text) => {
    const outcome = received(HEAD + text);
    expect(outcome).toMatchObject({
      end: 'failed',
      why: 'the server closed the connection before the body ended',
    });
    expect('abc'.startsWith(outcome.body)).toBe(true);
  });
});
