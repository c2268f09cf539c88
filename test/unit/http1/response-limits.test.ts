import { describe, expect, test } from 'vitest';
import { DEFAULT_RESPONSE_LIMITS, type ResponseLimits } from '../../../src/http1/response-limits.ts';
import { received, receivedSlowly, refused } from './wire.ts';

const STATUS = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${STATUS}Transfer-Encoding: chunked\r\n\r\n`;
const END = 'Content-Length: 0\r\n\r\n';

type Row = readonly [
  name: string,
  limits: Partial<ResponseLimits>,
  allowed: string,
  beyond: string,
  reason: string,
];

const rows: readonly Row[] = [
  [
    'fields',
    { fields: 3 },
    `${STATUS}${'A: 1\r\n'.repeat(2)}${END}`,
    `${STATUS}${'A: 1\r\n'.repeat(3)}${END}`,
    'there are more than 3 fields, which is our limit (responseLimits.fields)',
  ],
  [
    'field size counts name and value, not white space',
    { fieldSize: 20 },
    `${STATUS}Abc:  ${'x'.repeat(17)}  \r\n${END}`,
    `${STATUS}Abc:${'x'.repeat(18)}\r\n${END}`,
    'a field is larger than 20 bytes, which is our limit (responseLimits.fieldSize)',
  ],
  [
    'field size counts what is folded, too',
    { fieldSize: 20 },
    `${STATUS}Abc: ${'x'.repeat(8)}\r\n  ${'x'.repeat(8)}\r\n${END}`,
    `${STATUS}Abc: ${'x'.repeat(8)}\r\n  ${'x'.repeat(9)}\r\n${END}`,
    'a field is larger than 20 bytes, which is our limit (responseLimits.fieldSize)',
  ],
  [
    'head size',
    { headSize: (STATUS + END).length },
    `${STATUS}${END}`,
    `${STATUS.replace('OK', 'OKx')}${END}`,
    'the head is larger than our limit (responseLimits.headSize)',
  ],
  [
    'head size, of a status line that does not end',
    { headSize: (STATUS + END).length },
    `${STATUS}${END}`,
    `HTTP/1.1 200 ${'x'.repeat(26)}`,
    'the head is larger than our limit (responseLimits.headSize)',
  ],
  [
    'head size, of a field that does not end',
    { headSize: (STATUS + END).length },
    `${STATUS}${END}`,
    `${STATUS}${'x'.repeat(22)}`,
    'the head is larger than our limit (responseLimits.headSize)',
  ],
  [
    'reason size',
    { reasonSize: 2 },
    `${STATUS}${END}`,
    `${STATUS.replace('OK', 'OKx')}${END}`,
    'the reason phrase is longer than 2 bytes, which is our limit (responseLimits.reasonSize)',
  ],
  [
    'informational responses',
    { informationalResponses: 2 },
    `${'HTTP/1.1 103 x\r\n\r\n'.repeat(2)}${STATUS}${END}`,
    `${'HTTP/1.1 103 x\r\n\r\n'.repeat(3)}${STATUS}${END}`,
    'there are more than 2 informational (1xx) responses, which is our limit (responseLimits.informationalResponses)',
  ],
  [
    'trailer size',
    { trailerSize: 8 },
    `${CHUNKED}0\r\nA: b\r\n\r\n`,
    `${CHUNKED}0\r\nA: bc\r\n\r\n`,
    'the trailer section is larger than our limit (responseLimits.trailerSize)',
  ],
  [
    'trailer size, of a trailer that does not end',
    { trailerSize: 8 },
    `${CHUNKED}0\r\nA: b\r\n\r\n`,
    `${CHUNKED}0\r\nabcdefghi`,
    'the trailer section is larger than our limit (responseLimits.trailerSize)',
  ],
  [
    'fields of trailers',
    { fields: 1 },
    `${CHUNKED}0\r\nA: b\r\n\r\n`,
    `${CHUNKED}0\r\nA: b\r\nA: b\r\n\r\n`,
    'there are more than 1 fields, which is our limit (responseLimits.fields)',
  ],
  [
    'extensions of all chunks together',
    { chunkExtensionSize: 4 },
    `${CHUNKED}1;a\r\nx\r\n0;b\r\n\r\n`,
    `${CHUNKED}1;a\r\nx\r\n0;bc\r\n\r\n`,
    'a chunk size or the extensions of all chunks are longer than our limit (responseLimits.chunkExtensionSize)',
  ],
  [
    'no extension at all',
    { chunkExtensionSize: 0 },
    `${CHUNKED}${'0'.repeat(16)}\r\n\r\n`,
    `${CHUNKED}0;\r\n\r\n`,
    'a chunk size or the extensions of all chunks are longer than our limit (responseLimits.chunkExtensionSize)',
  ],
  [
    'an extension that does not end',
    { chunkExtensionSize: 4 },
    `${CHUNKED}1;aaa\r\nx\r\n0\r\n\r\n`,
    `${CHUNKED}1;${'a'.repeat(100)}`,
    'a chunk size or the extensions of all chunks are longer than our limit (responseLimits.chunkExtensionSize)',
  ],
];

describe('limits', () => {
  test.each(rows)('%s', (_name, limits, allowed, beyond, reason) => {
    expect(received(allowed, 'GET', { limits })).toMatchObject({ end: 'complete', why: '' });
    expect(receivedSlowly(allowed, 'GET', { limits })).toMatchObject({ end: 'complete', why: '' });
    expect(received(beyond, 'GET', { limits })).toMatchObject({ end: 'failed', why: refused(reason) });
    expect(receivedSlowly(beyond, 'GET', { limits })).toMatchObject({ end: 'failed', why: refused(reason) });
  });

  test('the budget of a head begins anew after an informational response', () => {
    const limits = { headSize: 40, fields: 1 };
    const text = `HTTP/1.1 103 x\r\nLink: abcdefgh\r\n\r\n${STATUS}${END}`;
    expect(received(text, 'GET', { limits })).toMatchObject({ end: 'complete', why: '' });
  });

  test('the defaults are those of Qt where Qt has one, but for the number of fields', () => {
    expect(DEFAULT_RESPONSE_LIMITS).toMatchObject({
      fields: 2000,
      fieldSize: 102_400,
      headSize: 262_144,
      reasonSize: 1024,
    });
  });

  test('the defaults hold', () => {
    const field = (size: number): string => `A: ${'x'.repeat(size - 1)}\r\n`;
    const complete = { end: 'complete', why: '' };
    expect(received(STATUS + 'A: b\r\n'.repeat(1999) + END)).toMatchObject(complete);
    expect(received(STATUS + 'A: b\r\n'.repeat(2000) + END)).toMatchObject({
      why: refused('there are more than 2000 fields, which is our limit (responseLimits.fields)'),
    });
    expect(received(STATUS + field(102_400) + END)).toMatchObject(complete);
    expect(received(STATUS + field(102_401) + END)).toMatchObject({
      why: refused('a field is larger than 102400 bytes, which is our limit (responseLimits.fieldSize)'),
    });
    expect(received(STATUS + field(100_000).repeat(2) + END)).toMatchObject(complete);
    expect(received(STATUS + field(100_000).repeat(3) + END)).toMatchObject({
      why: refused('the head is larger than our limit (responseLimits.headSize)'),
    });
    const informational = 'HTTP/1.1 100 Continue\r\n\r\n';
    expect(received(informational.repeat(20) + STATUS + END).informational).toHaveLength(20);
    expect(received(informational.repeat(21) + STATUS + END).head).toBe(null);
  });
});
