import { expect, test } from 'vitest';
import { http2RequestFields } from '../../../platform/node/http/http2-request-fields.ts';
import { makeRequest } from '../../support/fixtures.ts';

test('a field of any name is one, and one of the name of a property of every object, too', () => {
  const headers: [string, string][] = [
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['x', '1'],
    ['x', '2'],
  ];
  const { fields } = http2RequestFields(makeRequest({ url: 'https://h.test/', headers }));
  expect(Object.entries(fields).slice(4)).toEqual([
    ['__proto__', 'a'],
    ['constructor', 'b'],
    ['x', ['1', '2']],
  ]);
});
