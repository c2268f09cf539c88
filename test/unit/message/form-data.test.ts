import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectBody } from '../../../src/message/collect-body.ts';
import { toRequestBody } from '../../../src/message/request-body.ts';
import { readRequestBody } from '../../support/read-request-body.ts';

function form(...entries: (readonly [string, string | File])[]): FormData {
  const data = new FormData();
  for (const [name, value] of entries) data.append(name, value);
  return data;
}

/** The encoded form with `B` for its boundary. */
async function encoded(data: FormData): Promise<string> {
  const body = toRequestBody(data);
  const boundary = /^multipart\/form-data; boundary=([a-z0-9-]{20,70})$/.exec(body.contentType!)![1]!;
  return (await readRequestBody(body)).replaceAll(boundary, 'B');
}

describe('a form', () => {
  test.each<[string, FormData, string]>([
    ['empty', form(), '--B--\r\n'],
    [
      'of one field',
      form(['a', '1']),
      '--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--B--\r\n',
    ],
    [
      'of a file',
      form(['f', new File(['x'], 'x.bin', { type: 'image/png' })]),
      '--B\r\nContent-Disposition: form-data; name="f"; filename="x.bin"\r\nContent-Type: image/png\r\n\r\nx\r\n--B--\r\n',
    ],
    [
      'of a file without a type',
      form(['f', new File([], '')]),
      '--B\r\nContent-Disposition: form-data; name="f"; filename=""\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--B--\r\n',
    ],
    [
      'whose names would break out (attack checklist 86)',
      form(['a"\r\nX: y', '1'], ['f', new File([], 'a"\r\nX\n: y')]),
      '--B\r\nContent-Disposition: form-data; name="a%22%0D%0AX: y"\r\n\r\n1\r\n' +
        '--B\r\nContent-Disposition: form-data; name="f"; filename="a%22%0D%0AX%0A: y"\r\n' +
        'Content-Type: application/octet-stream\r\n\r\n\r\n--B--\r\n',
    ],
    [
      'with every line end made CRLF, except in file names',
      form(['n\nm', 'a\nb\rc\r\nd']),
      '--B\r\nContent-Disposition: form-data; name="n%0D%0Am"\r\n\r\na\r\nb\r\nc\r\nd\r\n--B--\r\n',
    ],
    [
      'beyond ASCII',
      form(['ä', '€']),
      '--B\r\nContent-Disposition: form-data; name="ä"\r\n\r\n€\r\n--B--\r\n',
    ],
  ])('%s', async (_name, data, expected) => {
    expect(await encoded(data)).toBe(expected);
  });

  test('has a boundary of its own each time (attack checklist 85)', () => {
    const boundaries = Array.from({ length: 50 }, () => toRequestBody(form()).contentType);
    expect(new Set(boundaries).size).toBe(50);
  });

  test('is a body of known length that can be sent again', async () => {
    const body = toRequestBody(form(['a', 'ü'], ['f', new File(['x'.repeat(200_000)], 'big')]));
    const first = await readRequestBody(body);
    expect(body).toMatchObject({ length: new TextEncoder().encode(first).length, replayable: true });
    expect(body.contentType).toMatch(/^multipart\/form-data; boundary=/);
    expect(await readRequestBody(body)).toBe(first);
  });

  test('is as it was when it was sent', async () => {
    const data = form(['a', '1']);
    const body = toRequestBody(data);
    data.append('b', '2');
    expect(await readRequestBody(body)).not.toContain('"b"');
  });

  test('with a file whose type would break its part is refused', () => {
    const file = Object.defineProperty(new File([], 'f'), 'type', { value: 'a\r\nb: c' });
    const data = form(['f', 'x']);
    data[Symbol.iterator] = () => [['f', file] as [string, File]][Symbol.iterator]() as never;
    expect(() => toRequestBody(data)).toThrow(TypeError);
  });

  test('is read back by the platform as it was', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const entry = fc.tuple(text, fc.oneof(text, fc.uint8Array({ maxLength: 40 })));
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { minLength: 1, maxLength: 4 }), async (entries) => {
        const data = new FormData();
        for (const [name, value] of entries) {
          if (typeof value === 'string') data.append(name, value);
          else data.append(name, new File([value as Uint8Array<ArrayBuffer>], 'f.bin', { type: 'x/y' }));
        }
        const body = toRequestBody(data);
        const bytes = await collectBody(body, 10_000);
        const read = await new Response(bytes, { headers: { 'content-type': body.contentType! } }).formData();
        expect(await contents(read)).toEqual(await contents(data));
      }),
      { numRuns: 100 },
    );
  });
});

async function contents(data: FormData): Promise<unknown[]> {
  const lines = (text: string) => text.replace(/\r\n|\r|\n/g, '\r\n');
  return Promise.all(
    [...data].map(async ([name, value]) => [
      lines(name),
      typeof value === 'string'
        ? lines(value)
        : [value.name, value.type, [...new Uint8Array(await value.arrayBuffer())]],
    ]),
  );
}
