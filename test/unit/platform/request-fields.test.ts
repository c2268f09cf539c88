import { describe, expect, test } from 'vitest';
import { requestFields } from '../../../platform/node/http-module-transport/request-fields.ts';
import type { HttpRequest } from '../../../src/call/request.ts';
import { textBody, texts, UploadSource } from '../../suites/transport/harness.ts';
import { makeRequest } from '../../support/fixtures.ts';

type Fields = Readonly<Record<string, string>>;

const known = textBody('12345');
const unknown = new UploadSource(texts('12345'));
const withBody = (method: string, body: HttpRequest['body'], headers: Fields = {}): HttpRequest =>
  makeRequest({ method, body, headers });

describe('framing', () => {
  test.each<[string, HttpRequest, Fields, number | null]>([
    ['GET without a body', withBody('GET', null), {}, 0],
    ['DELETE without a body', withBody('DELETE', null), {}, 0],
    ['POST without a body', withBody('POST', null), { 'Content-Length': '0' }, 0],
    ['a known length', withBody('POST', known), { 'Content-Length': '5' }, 5],
    ['GET with a known length', withBody('GET', known), { 'Content-Length': '5' }, 5],
    ['an unknown length', withBody('PUT', unknown), { 'Transfer-Encoding': 'chunked' }, null],
    [
      'the right length, set by hand',
      withBody('POST', known, { 'content-length': '5' }),
      { 'Content-Length': '5' },
      5,
    ],
    [
      'the length of a stream, set by hand',
      withBody('POST', unknown, { 'content-length': '7' }),
      { 'Content-Length': '7' },
      7,
    ],
    [
      'chunks, set by hand',
      withBody('POST', unknown, { 'transfer-encoding': 'Chunked' }),
      { 'Transfer-Encoding': 'chunked' },
      null,
    ],
  ])('%s', (_name, request, expected, bodyLength) => {
    const fields = requestFields(request);
    expect(fields).toEqual({
      pairs: ['Host', 'origin.test', ...Object.entries(expected).flat()],
      bodyLength,
    });
  });

  test.each<[string, HttpRequest]>([
    ['another length', withBody('POST', known, { 'content-length': '6' })],
    ['a length without a body', withBody('GET', null, { 'content-length': '6' })],
    [
      'two lengths',
      makeRequest({
        method: 'POST',
        body: known,
        headers: [
          ['content-length', '5'],
          ['content-length', '5'],
        ],
      }),
    ],
    ['a length that is no number', withBody('POST', unknown, { 'content-length': '+5' })],
    ['chunks with a known length', withBody('POST', known, { 'transfer-encoding': 'chunked' })],
    ['chunks without a body', withBody('GET', null, { 'transfer-encoding': 'chunked' })],
    ['another coding', withBody('POST', unknown, { 'transfer-encoding': 'gzip, chunked' })],
    [
      'chunks and a length',
      withBody('POST', unknown, { 'transfer-encoding': 'chunked', 'content-length': '5' }),
    ],
  ])('refused: %s', (_name, request) => {
    expect(() => requestFields(request)).toThrow(
      expect.objectContaining({ code: 'protocol-invalid-operation' }),
    );
  });
});

test('Host is first and the caller’s, names are in title case, order and repetition are kept', () => {
  const headers = [
    ['x-b', '1'],
    ['HOST', 'other.test'],
    ['content-type', 'a/b'],
    ['X-B', '2'],
  ] as const;
  expect(requestFields(makeRequest({ headers })).pairs).toEqual([
    'Host',
    'other.test',
    'X-B',
    '1',
    'Content-Type',
    'a/b',
    'X-B',
    '2',
  ]);
});
