import { describe, expect, test } from 'vitest';
import { defaultPath, domainMatches, pathMatches } from '../../../src/cookies/rules.ts';

describe('domainMatches', () => {
  test.each<[host: string, domain: string, expected: boolean]>([
    ['example.com', 'example.com', true],
    ['www.example.com', 'example.com', true],
    ['a.b.example.com', 'example.com', true],
    ['example.com', 'www.example.com', false],
    ['badexample.com', 'example.com', false],
    ['example.com', 'example.co', false],
    ['example.com', 'com', true],
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '0.0.1', false],
    ['127.0.0.1', '1', false],
    ['[::1]', '[::1]', true],
  ])('%s, %s: %s', (host, domain, expected) => {
    expect(domainMatches(host, domain)).toBe(expected);
  });
});

describe('pathMatches', () => {
  test.each<[request: string, cookie: string, expected: boolean]>([
    ['/', '/', true],
    ['/a', '/', true],
    ['/a', '/a', true],
    ['/a/', '/a', true],
    ['/a/b', '/a', true],
    ['/a/b', '/a/', true],
    ['/a', '/a/', false],
    ['/ab', '/a', false],
    ['/a', '/ab', false],
    ['/A', '/a', false],
    ['/a//b', '/a/', true],
    ['/%61', '/a', false],
  ])('%s, %s: %s', (request, cookie, expected) => {
    expect(pathMatches(request, cookie)).toBe(expected);
  });
});

describe('defaultPath', () => {
  test.each([
    ['/', '/'],
    ['/a', '/'],
    ['/a/', '/a'],
    ['/a/b', '/a'],
    ['/a/b/', '/a/b'],
    ['//', '/'],
    ['', '/'],
  ])('%j: %s', (path, expected) => {
    expect(defaultPath(path)).toBe(expected);
  });
});
