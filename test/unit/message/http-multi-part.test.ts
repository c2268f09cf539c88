import { describe, expect, test } from 'vitest';
import { requestBody } from '../../../src/message/body.ts';
import { HttpMultiPart, type MultiPartType } from '../../../src/message/http-multi-part.ts';
import { type BodyInput, toRequestBody } from '../../../src/message/request-body.ts';
import { readRequestBody } from '../../support/read-request-body.ts';

async function* generated() {
  yield 'streamed';
}

function message(...bodies: BodyInput[]): HttpMultiPart {
  const parts = new HttpMultiPart();
  parts.boundary = 'B';
  for (const body of bodies) parts.append({ body });
  return parts;
}

describe('HttpMultiPart', () => {
  test('without parts is the closing line alone', async () => {
    expect(await readRequestBody(toRequestBody(message()))).toBe('--B--\r\n');
  });

  test('writes fields, a blank line and the body of each part', async () => {
    const parts = message();
    parts.append({ headers: { 'Content-ID': '<1>', 'X-A': 'b' }, body: new Uint8Array([0x61]) });
    parts.append({ body: new Blob(['c'], { type: 'image/png' }) });
    expect(await readRequestBody(toRequestBody(parts))).toBe(
      '--B\r\ncontent-id: <1>\r\nx-a: b\r\n\r\na\r\n--B\r\ncontent-type: image/png\r\n\r\nc\r\n--B--\r\n',
    );
  });

  test('keeps a Content-Type that is given', async () => {
    const parts = message().append({ headers: { 'content-type': 'application/json' }, body: '{}' });
    expect(await readRequestBody(parts[requestBody]())).toContain(
      '\r\ncontent-type: application/json\r\n\r\n{}',
    );
  });

  test.each<[string, MultiPartType | undefined, string]>([
    ['mixed by default', undefined, 'multipart/mixed; boundary="B"'],
    ['form-data', 'form-data', 'multipart/form-data; boundary="B"'],
    ['related', 'related', 'multipart/related; boundary="B"'],
    ['alternative', 'alternative', 'multipart/alternative; boundary="B"'],
  ])('says what it is: %s', (_name, type, expected) => {
    const parts = new HttpMultiPart(type);
    parts.boundary = 'B';
    expect(toRequestBody(parts).contentType).toBe(expected);
  });

  test('has a length and can be sent again when every part is such', async () => {
    const body = toRequestBody(message('text ü', new Blob(['blob']), [new Uint8Array(3)]));
    const text = await readRequestBody(body);
    expect(body).toMatchObject({ length: new TextEncoder().encode(text).length, replayable: true });
    expect(await readRequestBody(body)).toBe(text);
  });

  test('has no length and can be sent once when a part is a stream', async () => {
    const body = toRequestBody(message('text', generated()));
    expect(body).toMatchObject({ length: null, replayable: false });
    expect(await readRequestBody(body)).toContain('\r\n\r\nstreamed\r\n--B--');
    await expect(readRequestBody(body)).rejects.toMatchObject({ code: 'content-resend' });
  });

  test('nests', async () => {
    const inner = new HttpMultiPart('alternative');
    inner.boundary = 'inner';
    const text = await readRequestBody(toRequestBody(message(inner)));
    expect(text).toBe(
      '--B\r\ncontent-type: multipart/alternative; boundary="inner"\r\n\r\n--inner--\r\n\r\n--B--\r\n',
    );
  });

  test('is sent with the parts that it had then', async () => {
    const parts = message('one');
    const body = toRequestBody(parts);
    parts.append({ body: 'two' });
    expect(await readRequestBody(body)).not.toContain('two');
  });

  test('is read back by the platform', async () => {
    const parts = new HttpMultiPart('form-data');
    parts.append({ headers: { 'content-disposition': 'form-data; name="a"' }, body: 'ü' });
    const body = toRequestBody(parts);
    const text = await readRequestBody(body);
    const read = await new Response(text, { headers: { 'content-type': body.contentType! } }).formData();
    expect([...read]).toEqual([['a', 'ü']]);
  });

  test.each<[string, () => unknown]>([
    ['another type', () => new HttpMultiPart('digest' as never)],
    ['an empty boundary', () => (message().boundary = '')],
    ['a boundary of 71 characters', () => (message().boundary = 'x'.repeat(71))],
    ['a boundary that would end its line', () => (message().boundary = 'a\r\nb')],
    ['a boundary that would end its quotes', () => (message().boundary = 'a"b')],
    ['a boundary that ends in a space', () => (message().boundary = 'a ')],
    [
      'a field that would break out of the head',
      () => message().append({ headers: { a: 'b\r\nc: d' }, body: '' }),
    ],
    ['a part that is no body', () => message().append({ body: 5 as never })],
  ])('refuses %s', (_name, act) => {
    expect(act).toThrow(TypeError);
  });
});
