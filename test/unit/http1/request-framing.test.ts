import { describe, expect, test } from 'vitest';
import { type RequestFraming, requestFraming } from '../../../src/http1/request-framing.ts';

const NONE: RequestFraming = { kind: 'none' };
const ZERO: RequestFraming = { kind: 'length', length: 0 };
const FIVE: RequestFraming = { kind: 'length', length: 5 };
const CHUNKED: RequestFraming = { kind: 'chunked' };

describe('the body of a request (RFC 9110 §8.6)', () => {
  test.each<[string, number | null, RequestFraming]>([
    ['GET', 0, NONE],
    ['HEAD', 0, NONE],
    ['DELETE', 0, NONE],
    ['OPTIONS', 0, NONE],
    ['TRACE', 0, NONE],
    ['CONNECT', 0, NONE],
    ['POST', 0, ZERO],
    ['PUT', 0, ZERO],
    ['PATCH', 0, ZERO],
    ['PURGE', 0, ZERO],
    ['get', 0, ZERO],
    ['GET', 5, FIVE],
    ['DELETE', 5, FIVE],
    ['POST', 5, FIVE],
    ['POST', null, CHUNKED],
    ['GET', null, CHUNKED],
  ])('%s of %s bytes', (method, length, expected) => {
    expect(requestFraming(method, length)).toEqual(expected);
  });

  test.each(['TRACE', 'CONNECT'])('%s has none', (method) => {
    expect(() => requestFraming(method, 5)).toThrow(TypeError);
    expect(() => requestFraming(method, null)).toThrow(TypeError);
  });
});
