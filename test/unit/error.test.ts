import { describe, expect, test, vi } from 'vitest';
import { codeForStatus, ERROR_CODES, NetworkError, publicUrl } from '../../src/error.ts';

describe('NetworkError', () => {
  test('carries code, Qt number and what failed, without credentials', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new NetworkError('connection-refused', 'refused', { url: 'http://u:p@h.test/a#f', cause });
    expect(error).toMatchObject({
      name: 'NetworkError',
      code: 'connection-refused',
      qtCode: 1,
      url: 'http://h.test/a',
      cause,
    });
    expect(error).toBeInstanceOf(Error);
  });

  test('of a code that there is not, as of a later version, fails nothing, and has a number', () => {
    for (const code of ['host-not-fond', 'constructor', '__proto__'])
      expect(new NetworkError(code as never, 'new')).toMatchObject({
        code,
        qtCode: ERROR_CODES['unknown-network'],
      });
  });

  test('crosses a process as JSON', () => {
    const error = new NetworkError('content-not-found', 'gone', {
      url: 'http://h.test/',
      status: 404,
      headers: [['a', 'b']],
    });
    const copy = NetworkError.from(structuredClone(error.toJSON()));
    expect(copy).toBeInstanceOf(NetworkError);
    expect(copy.toJSON()).toEqual(error.toJSON());
    expect(NetworkError.from(error)).toBe(error);
  });

  test('keeps everything through JSON, its body too', () => {
    const body = new Uint8Array(65_536).map((_, index) => index);
    const details = {
      url: 'http://h.test/',
      status: 404,
      headers: [['a', 'b']],
      body,
      cause: 'why',
    } as const;
    const error = new NetworkError('content-not-found', 'gone', details);
    const copy = NetworkError.from(JSON.parse(JSON.stringify(error)));
    expect(copy).toMatchObject({ code: 'content-not-found', message: 'gone', ...details });
    expect(copy.body).toEqual(body);
    const wrong = NetworkError.from({ ...error.toJSON(), body: '%', url: 5, status: 'x', headers: 'y' });
    expect(wrong.code).toBe('content-not-found');
    expect([wrong.body, wrong.url, wrong.status, wrong.headers]).toEqual(Array(4).fill(undefined));
  });

  test('has no field of what is not known, so that a log shows those that there are', () => {
    const error = new NetworkError('timeout', 'x', { url: 'http://h.test/', status: undefined });
    expect(Object.keys(error).sort()).toEqual(['code', 'name', 'qtCode', 'url']);
    expect(error.toJSON()).toStrictEqual({
      name: 'NetworkError',
      code: 'timeout',
      qtCode: 4,
      url: 'http://h.test/',
      message: 'x',
      body: undefined,
      cause: undefined,
    });
  });

  test('is known to other copies of the package, and knows theirs', async () => {
    vi.resetModules();
    const { NetworkError: Other } = await import('../../src/error.ts');
    expect(Other).not.toBe(NetworkError);
    const theirs = new Other('timeout', 'x');
    expect(theirs).toBeInstanceOf(NetworkError);
    expect(new NetworkError('timeout', 'x')).toBeInstanceOf(Other);
    expect(NetworkError.from(theirs)).toBe(theirs);
    class Mine extends NetworkError {}
    expect(theirs).not.toBeInstanceOf(Mine);
    expect(new Mine('timeout', 'x')).toBeInstanceOf(Mine);
    expect(new Mine('timeout', 'x')).toBeInstanceOf(NetworkError);
    for (const value of [null, undefined, 5, {}, new Error('x'), { name: 'NetworkError', code: 'timeout' }])
      expect(value).not.toBeInstanceOf(NetworkError);
  });

  test.each([undefined, null, 'text', 5, {}, { code: '__proto__' }, { code: 'nonsense', message: 'm' }])(
    'from(%j) is an unknown-network error',
    (value) => {
      expect(NetworkError.from(value)).toMatchObject({ code: 'unknown-network', qtCode: 99 });
    },
  );

  test('Qt numbers are unique', () => {
    const numbers = Object.values(ERROR_CODES);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

test.each([
  [200, null],
  [399, null],
  [400, 'protocol-invalid-operation'],
  [401, 'authentication-required'],
  [403, 'content-access-denied'],
  [404, 'content-not-found'],
  [405, 'content-operation-not-permitted'],
  [407, 'proxy-authentication-required'],
  [409, 'content-conflict'],
  [410, 'content-gone'],
  [418, 'protocol-invalid-operation'],
  [422, 'unknown-content'],
  [500, 'internal-server'],
  [501, 'operation-not-implemented'],
  [502, 'unknown-server'],
  [503, 'service-unavailable'],
  [599, 'unknown-server'],
])('status %i is %s', (status, code) => {
  expect(codeForStatus(status)).toBe(code);
});

test.each([
  ['http://u:p@h.test/x?y#z', 'http://h.test/x?y'],
  ['http://u:p@h.test@/x', 'http:///x'],
  ['http://h.test/a@b', 'http://h.test/a@b'],
  ['http://u@h.test?q@r', 'http://h.test?q@r'],
  ['http://h.test', 'http://h.test'],
  ['data:,x@y', 'data:,x@y'],
  ['http://u:p@', 'http://'],
  ['http://u:p@h.test\\a@b', 'http://h.test\\a@b'],
  ['http://h.test//u@x', 'http://h.test//u@x'],
  ['a/b//u:p@h.test/x//y@z', 'a/b//h.test/x//y@z'],
  ['http:u@h.test#a\nb', 'http:u@h.test'],
  ['//u:p@h.test', '//h.test'],
])('publicUrl(%s)', (url, expected) => {
  expect(publicUrl(url)).toBe(expected);
});
