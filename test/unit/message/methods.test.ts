import { describe, expect, test } from 'vitest';
import {
  anticipatesContent,
  becomesGet,
  isIdempotent,
  isRetrieval,
  isSafe,
} from '../../../src/message/methods.ts';

describe('methods (RFC 9110 §9, the HTTP Method Registry)', () => {
  test.each<[string, boolean, boolean, boolean, boolean]>([
    ['GET', true, true, false, true],
    ['HEAD', true, true, false, true],
    ['OPTIONS', true, true, false, false],
    ['TRACE', true, true, false, false],
    ['CONNECT', false, false, false, false],
    ['DELETE', false, true, false, false],
    ['PUT', false, true, true, false],
    ['POST', false, false, true, false],
    ['PATCH', false, false, true, false],
    ['PROPFIND', true, true, true, false],
    ['QUERY', true, true, true, false],
    ['MKCOL', false, true, true, false],
    ['LOCK', false, false, true, false],
    ['FROB', false, false, true, false],
    // Methods are compared with case (§9.1), and by their own names alone.
    ['get', false, false, true, false],
    ['constructor', false, false, true, false],
  ])('%s: safe %s, idempotent %s, content %s, retrieval %s', (method, ...expected) => {
    expect([isSafe(method), isIdempotent(method), anticipatesContent(method), isRetrieval(method)]).toEqual(
      expected,
    );
  });

  test.each<[number, readonly string[]]>([
    [301, ['POST']],
    [302, ['POST']],
    [303, ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'FROB']],
    [307, []],
    [308, []],
  ])('%i makes a GET of %j', (status, methods) => {
    const all = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'FROB'];
    expect(all.filter((method) => becomesGet(status, method))).toEqual(methods);
  });
});
