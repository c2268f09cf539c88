import { describe, expect, test } from 'vitest';
import type { HttpResponse } from '../../../src/call/response.ts';
import { NetworkError } from '../../../src/error.ts';
import { dataScheme } from '../../../src/schemes/data.ts';
import { makeExchange, makeRequest, readBody } from '../../support/fixtures.ts';

const { exchange } = makeExchange();

function open(url: string, method = 'GET', scheme = dataScheme()): HttpResponse {
  return scheme.open(makeRequest({ url, method }), exchange) as HttpResponse;
}

function failure(act: () => unknown): NetworkError {
  try {
    act();
  } catch (error) {
    if (error instanceof NetworkError) return error;
  }
  throw new Error('expected a NetworkError');
}

const ASCII = 'text/plain;charset=US-ASCII';

/** A selection; the whole of the Web Platform Tests runs in test/node/conformance-dataurls.test.ts. */
describe('a data: URL', () => {
  test.each<[string, string, string, string]>([
    ['without a type is ASCII text', 'data:,X', ASCII, 'X'],
    ['may be empty', 'data:,', ASCII, ''],
    ['has a type and a parameter', 'data:TEXT/html;Charset=x,X', 'text/html;charset=x', 'X'],
    ['with a parameter alone is text', 'data:;charset=utf-8,%E2%82%AC', 'text/plain;charset=utf-8', '€'],
    ['with a type that is none is ASCII text', 'data:text / html,X', ASCII, 'X'],
    ['decodes escapes once, and leaves what is none', 'data:,%2541%zz%4', ASCII, '%41%zz%4'],
    ['ends at its fragment', 'data:,X#Y', ASCII, 'X'],
    ['keeps a query and later commas', 'data:,a?b,c', ASCII, 'a?b,c'],
    ['takes an authority for part of it', 'data://host/,X', ASCII, 'X'],
    ['has base64', 'data:text/x;base64,WA==', 'text/x', 'X'],
    ['has base64 without padding', 'data:;base64,WA', ASCII, 'X'],
    ['has base64 in any case, with spaces', 'data:; BASE64  ,WA', ASCII, 'X'],
    ['has base64 with white space, escaped or not', 'data:;base64,%20W\nA=%20\t=', ASCII, 'X'],
    ['has no base64 when that is not the last parameter', 'data:;base64;a=b,WA', 'text/plain;a=b', 'WA'],
  ])('%s', async (_name, url, type, body) => {
    const response = open(url);
    const bytes = new TextEncoder().encode(body).length;
    expect([...response.headers]).toEqual([
      ['content-type', type],
      ['content-length', String(bytes)],
    ]);
    expect(response).toMatchObject({ status: 0, source: 'network', security: null });
    expect(await readBody(response.body)).toBe(body);
  });

  test('answers HEAD without a body', async () => {
    const response = open('data:,abc', 'HEAD');
    expect(response.headers.get('content-length')).toBe('3');
    expect(await readBody(response.body)).toBe('');
  });

  test.each([
    ['without a comma', 'data:text/html'],
    ['with nothing in it', 'data:'],
    ['with base64 of an impossible length', 'data:;base64,abcde'],
    ['with base64 padded wrongly', 'data:;base64,ab='],
    ['with base64 of another alphabet', 'data:;base64,__'],
    ['with base64 that has a NUL', 'data:;base64,abcd%00'],
  ])('%s is a protocol failure, which does not quote it', (_name, url) => {
    const error = failure(() => open(url));
    expect([error.code, error.url]).toEqual(['protocol-failure', undefined]);
  });

  test.each(['POST', 'PUT', 'DELETE', 'get'])('cannot be asked with %s', (method) => {
    expect(failure(() => open('data:,X', method)).code).toBe('protocol-invalid-operation');
  });

  test('beyond the limit is refused before it is decoded (attack checklist 64)', () => {
    const url = `data:;base64,${'*'.repeat(100)}`;
    const error = failure(() => open(url, 'GET', dataScheme(100)));
    expect([error.code, error.message]).toEqual([
      'protocol-failure',
      expect.stringContaining('100 characters'),
    ]);
    expect(open('data:,1234', 'GET', dataScheme(10)).status).toBe(0);
  });
});
