import { describe, expect, test } from 'vitest';
import { connectRequest } from '../../src/resolve-request.ts';
import { parseUrl } from '../../src/util/url.ts';

describe('the request that opens a connection', () => {
  test.each([
    ['h.test', 80, 'http://h.test/'],
    ['H.Test', 8080, 'http://h.test:8080/'],
    ['bücher.test', 80, 'http://xn--bcher-kva.test/'],
    ['::1', 80, 'http://[::1]/'],
    ['[::1]', 81, 'http://[::1]:81/'],
  ])('%s, port %i', (host, port, expected) => {
    const { url } = connectRequest('http', host, port);
    // As the pipeline reads it: behind the prefix, from the parsed URL.
    expect(parseUrl(parseUrl(url).href.replace(/^preconnect-/, '')).href).toBe(expected);
  });

  test.each([
    ['', 80],
    ['h.test/path', 80],
    ['u@h.test', 80],
    ['h.test?q', 80],
    ['h.test#f', 80],
    ['h\\x', 80],
    ['h h', 80],
    ['h.test', 65536],
    ['h.test', -1],
    ['h.test', 1.5],
    ['h.test:81', 80],
  ])('%j, port %d is refused', (host, port) => {
    expect(() => connectRequest('http', host, port)).toThrow(TypeError);
  });
});
