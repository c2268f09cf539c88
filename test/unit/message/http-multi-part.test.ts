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

  test.each(['é.txt', '日本.txt', 'Œuvre 🎉.txt', `${'é'.repeat(1_000_000)}.txt`])(
    'sends the file name %.20s as UTF-8',
    async (name) => {
      const parts = message();
      parts.append({
        headers: { 'content-disposition': `form-data; name="f"; filename="${name}"` },
        body: 'x',
      });
      const pairs = [['content-disposition', `form-data; name="f"; filename="${name}"`]] as const;
      parts.append({ headers: pairs, body: 'x' });
      const text = await readRequestBody(toRequestBody(parts));
      expect(text.split(`filename="${name}"`)).toHaveLength(3);
    },
  );

  test('keeps control characters out of its fields', () => {
    expect(() => message().append({ headers: { a: 'b\r\nc: d' }, body: '' })).toThrow(TypeError);
  });

  test.each([
    ['é.txt', 'é.txt'],
    ['a"b\r\nc.txt', 'a%22b%0D%0Ac.txt'],
    ['a\nb\rc', 'a%0Ab%0Dc'],
    ['100%22', '100%22'],
  ])('a field with the file name %j is what FormData makes of it', async (name, written) => {
    const parts = new HttpMultiPart('form-data');
    parts.boundary = 'B';
    parts.appendField('a\n"ü', new File(['x'], name)).appendField('text', 'one\ntwo');
    const form = new FormData();
    form.append('a\n"ü', new File(['x'], name));
    form.append('text', 'one\ntwo');
    const text = await readRequestBody(toRequestBody(parts));
    expect(text).toContain(`; name="a%0D%0A%22ü"; filename="${written}"\r\n`);
    const body = toRequestBody(form);
    const boundary = body.contentType!.split('boundary=')[1]!;
    expect(text.toLowerCase()).toBe((await readRequestBody(body)).replaceAll(boundary, 'B').toLowerCase());
  });

  test('a field may be a stream', async () => {
    const parts = message().appendField('f', generated(), 'ü.bin');
    expect(await readRequestBody(toRequestBody(parts))).toContain(
      'form-data; name="f"; filename="ü.bin"\r\ncontent-type: application/octet-stream\r\n\r\nstreamed',
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
