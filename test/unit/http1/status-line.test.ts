import { describe, expect, test } from 'vitest';
import { received, receivedSlowly, refused } from './wire.ts';

const REST = '\r\nContent-Length: 0\r\n\r\n';

describe('status line (RFC 9112 §4)', () => {
  test.each([
    ['the usual', 'HTTP/1.1 200 OK', '1 200 OK'],
    ['HTTP/1.0', 'HTTP/1.0 404 Not Found', '0 404 Not Found'],
    ['empty reason', 'HTTP/1.1 200 ', '1 200 '],
    ['no space after the status', 'HTTP/1.1 200', '1 200 '],
    ['reason is kept as it is', 'HTTP/1.1 200  a\tb ', '1 200  a\tb '],
    ['obs-text in the reason', 'HTTP/1.1 200 caf\xe9 \x80', '1 200 caf\xe9 \x80'],
    ['lowest final status', 'HTTP/1.1 200 x', '1 200 x'],
    ['status beyond the registered classes', 'HTTP/1.1 999 x', '1 999 x'],
  ])('%s', (_name, line, expected) => {
    const outcome = received(line + REST);
    expect(outcome.head).toBe(`${expected}\ncontent-length: 0\n`);
    expect(outcome.end).toBe('complete');
  });

  const NOT_HTTP = 'it is not HTTP/1.x';
  const VERSION = 'the version is neither HTTP/1.0 nor HTTP/1.1';
  const MALFORMED = 'the status line is malformed (RFC 9112 §4)';
  const CONTROL = 'the reason phrase has a control character';
  test.each([
    ['HTTP/0.9', 'HTTP/0.9 200 OK', NOT_HTTP],
    ['HTTP/2', 'HTTP/2 200 OK', NOT_HTTP],
    ['HTTP/2.0', 'HTTP/2.0 200 OK', NOT_HTTP],
    ['HTTP/11.1', 'HTTP/11.1 200 OK', NOT_HTTP],
    ['lower case', 'http/1.1 200 OK', NOT_HTTP],
    ['another first letter', 'XTTP/1.1 200 OK', NOT_HTTP],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2', NOT_HTTP],
    ['Shoutcast', 'ICY 200 OK', NOT_HTTP],
    ['more empty lines than are skipped', `${'\r\n'.repeat(9)}HTTP/1.1 200 OK`, NOT_HTTP],
    ['space first', ' HTTP/1.1 200 OK', NOT_HTTP],
    ['cut short', 'HTTP', NOT_HTTP],
    ['HTTP/1.2', 'HTTP/1.2 200 OK', VERSION],
    ['no minor version', 'HTTP/1.', VERSION],
    ['two digits of minor version', 'HTTP/1.10 200 OK', MALFORMED],
    ['no status', 'HTTP/1.1', MALFORMED],
    ['no status but a space', 'HTTP/1.1 ', MALFORMED],
    ['two digits', 'HTTP/1.1 20', MALFORMED],
    ['two digits and a reason', 'HTTP/1.1 20 OK', MALFORMED],
    ['four digits', 'HTTP/1.1 2000 OK', MALFORMED],
    ['a letter', 'HTTP/1.1 2O0 OK', MALFORMED],
    ['a sign', 'HTTP/1.1 +20 OK', MALFORMED],
    ['below 100', 'HTTP/1.1 099 OK', MALFORMED],
    ['two spaces before the status', 'HTTP/1.1  200 OK', MALFORMED],
    ['tab before the status', 'HTTP/1.1\t200 OK', MALFORMED],
    ['tab after the status', 'HTTP/1.1 200\tOK', MALFORMED],
    ['NUL in the reason', 'HTTP/1.1 200 a\0b', CONTROL],
    ['bare CR in the reason', 'HTTP/1.1 200 a\rb', CONTROL],
    ['CR at its end', 'HTTP/1.1 200 OK\r', CONTROL],
    ['DEL in the reason', 'HTTP/1.1 200 \x7f', CONTROL],
    ['escape in the reason', 'HTTP/1.1 200 \x1b[31m', CONTROL],
  ])('refused: %s', (_name, line, reason) => {
    const outcome = received(line + REST);
    expect(outcome).toMatchObject({ head: null, end: 'failed', why: refused(reason) });
    expect(receivedSlowly(line + REST)).toEqual(outcome);
  });

  test('refused: LF alone at its end', () => {
    const reason = refused('a line ends in LF without CR (RFC 9112 §2.2)');
    expect(received('HTTP/1.1 200 OK\nContent-Length: 0\n\n').why).toBe(reason);
    expect(received('\n').why).toBe(reason);
  });
});
