import { describe, expect, test } from 'vitest';
import { withContentType, withUserAgent } from '../../../src/headers/default-fields.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import { type BodyInput, toRequestBody } from '../../../src/message/request-body.ts';

const TEXT = 'text/plain;charset=UTF-8';
const FORM = 'application/x-www-form-urlencoded;charset=UTF-8';

describe('default fields', () => {
  test.each<[string, Record<string, string>, BodyInput | null, string, [string, string][]]>([
    ['are none without a body and a user agent', {}, null, '', []],
    ['name the user agent', {}, null, 'me/1', [['user-agent', 'me/1']]],
    ['name the type of a text', {}, 'x', '', [['content-type', TEXT]]],
    ['name the type of form fields', {}, new URLSearchParams('a=b'), '', [['content-type', FORM]]],
    ['name the type of a Blob', {}, new Blob([], { type: 'a/b' }), '', [['content-type', 'a/b']]],
    ['never guess the type of bytes', {}, new Uint8Array(1), '', []],
    ['never guess the type of a Blob without one', {}, new Blob(['a=b']), '', []],
    [
      'come after the fields that are there',
      { a: 'b' },
      'x',
      'me/1',
      [
        ['a', 'b'],
        ['user-agent', 'me/1'],
        ['content-type', TEXT],
      ],
    ],
    [
      'do not replace what is there, even if empty',
      { 'Content-Type': 'a/b', 'User-Agent': '' },
      'x',
      'me/1',
      [
        ['content-type', 'a/b'],
        ['user-agent', ''],
      ],
    ],
  ])('%s', (_name, headers, input, userAgent, expected) => {
    const body = input === null ? null : toRequestBody(input);
    const completed = withContentType(withUserAgent(new HttpHeaders(headers), userAgent), body);
    expect([...completed]).toEqual(expected);
  });

  test('leave the fields of the request alone', () => {
    const own = new HttpHeaders({ a: 'b' });
    withUserAgent(own, 'me/1');
    withContentType(own, toRequestBody('x'));
    expect([...own]).toEqual([['a', 'b']]);
    expect(withUserAgent(own, '')).toBe(own);
    expect(withContentType(own, null)).toBe(own);
  });
});
