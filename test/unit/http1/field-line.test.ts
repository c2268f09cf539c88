import { describe, expect, test } from 'vitest';
import { received, receivedSlowly, refused } from './wire.ts';

const START = 'HTTP/1.1 204 x\r\n';

describe('field lines (RFC 9112 §5)', () => {
  test.each([
    ['the usual', 'Server: x', 'server: x\n'],
    ['no white space', 'Server:x', 'server: x\n'],
    ['white space around the value', 'Server: \t x y\t ', 'server: x y\n'],
    ['empty value', 'Server:', 'server: \n'],
    ['value of white space', 'Server: \t ', 'server: \n'],
    ['colons in the value', 'A:: b:c', 'a: : b:c\n'],
    ['obs-text', 'A: caf\xe9\x80\xff', 'a: caf\xe9\x80\xff\n'],
    ['tab within', 'A: a\tb', 'a: a\tb\n'],
    ['every token character', "!#$%&'*+-.^_`|~0Zz: 1", "!#$%&'*+-.^_`|~0zz: 1\n"],
    ['a name of the prototype', '__proto__: x\r\nconstructor: y', '__proto__: x\nconstructor: y\n'],
    ['repetition and order are kept', 'B: 1\r\nA: 2\r\nb: 3', 'b: 1\na: 2\nb: 3\n'],
    ['a name in many spellings', 'eTag: 1\r\nETAG: 2\r\netag: 3', 'etag: 1\netag: 2\netag: 3\n'],
    ['names of the same hash', 'X-a~: 1\r\nX-b_: 2\r\nX-a~: 3', 'x-a~: 1\nx-b_: 2\nx-a~: 3\n'],
    ['folded by a space', 'A: b\r\n c', 'a: b c\n'],
    ['folded by tabs, twice', 'A: b \r\n\t \tc\t\r\n d', 'a: b c d\n'],
    ['folded behind an empty value', 'A:\r\n b\r\nC: d', 'a: b\nc: d\n'],
    ['folded by a line of white space', 'A: b\r\n \t\r\nC: d', 'a: b\nc: d\n'],
    ['folded, with a colon', 'A: b\r\n Set-Cookie: c', 'a: b Set-Cookie: c\n'],
    ['a name longer than is remembered', `${'Ab'.repeat(50)}: 1`, `${'ab'.repeat(50)}: 1\n`],
  ])('%s', (_name, lines, expected) => {
    const outcome = received(`${START}${lines}\r\n\r\n`);
    expect(outcome.head).toBe(`1 204 x\n${expected}`);
    expect(outcome.end).toBe('complete');
    expect(receivedSlowly(`${START}${lines}\r\n\r\n`)).toEqual(outcome);
  });

  const FIRST = 'there is white space before the first field (RFC 9112 §2.2)';
  const FOLDED = '(obs-fold, RFC 9112 §5.2)';
  const NO_NAME = 'a field has no name';
  const NO_COLON = 'a field line has no colon';
  const SPACED = 'there is white space between a field name and its colon (RFC 9112 §5.1)';
  const NO_TOKEN = 'a field name is not a token (RFC 9110 §5.1)';
  const BARE_LF = 'a line ends in LF without CR (RFC 9112 §2.2)';
  const CONTROL = 'the value of a has a control character';
  test.each([
    ['a length that is folded', 'Content-Length: 1\r\n 0', `content-length is folded ${FOLDED}`],
    ['a coding that is folded', 'Transfer-Encoding:\r\n chunked', `transfer-encoding is folded ${FOLDED}`],
    ['first line begins with a space', ' A: b', FIRST],
    ['a line of one space', ' ', FIRST],
    ['control in a folded line', 'A: b\r\n c\0', CONTROL],
    ['no name', ': b', NO_NAME],
    ['no colon', 'A', NO_COLON],
    ['space before the colon', 'A : b', SPACED],
    ['tab before the colon', 'A\t: b', SPACED],
    ['space within the name', 'A B: c', SPACED],
    ['quote in the name', 'A"B: c', NO_TOKEN],
    ['obs-text in the name', 'A\xe9: c', NO_TOKEN],
    ['NUL in the name', 'A\0: c', NO_TOKEN],
    ['CR in the name', 'A\r: c', NO_TOKEN],
    ['NUL in the value', 'A: a\0b', CONTROL],
    ['bare CR in the value', 'A: a\rb', CONTROL],
    ['a response split by bare CR', 'A: a\rSet-Cookie: x=y', CONTROL],
    ['CR before the CRLF', 'A: a\r', CONTROL],
    ['DEL in the value', 'A: \x7f', CONTROL],
    ['bell in the value', 'A: \x07', CONTROL],
    ['LF alone', 'A: b\nC: d', BARE_LF],
    ['empty line of LF alone', 'A: b\r\n\n', BARE_LF],
  ])('refused: %s', (_name, lines, reason) => {
    const text = `${START}${lines}\r\n\r\n`;
    expect(received(text)).toMatchObject({ head: null, end: 'failed', why: refused(reason) });
    expect(receivedSlowly(text)).toEqual(received(text));
  });

  test('no value stands in the message of an error', () => {
    expect(received(`${START}Set-Cookie: secret=1\0\r\n\r\n`).why).not.toContain('secret');
  });
});
