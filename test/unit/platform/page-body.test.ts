import { expect, test } from 'vitest';
import { toPageBody } from '../../../platform/browser/page-body.ts';
import { readRequestBody } from '../../support/read-request-body.ts';

function formOf(...fields: [string, string | File][]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) {
    if (typeof value === 'string') form.append(name, value);
    else form.append(name, value);
  }
  return form;
}

test('a form is encoded late, as it is when the request is made', async () => {
  const form = formOf(['a', 'ü'], ['f', new File(['content'], 'name.txt')]);
  const body = toPageBody(form);
  form.set('a', 'changed');
  expect(body).toMatchObject({ length: null, replayable: true, bytes: null });
  const headers = { 'content-type': body.contentType! };
  const forms = [await body.blob?.(), await readRequestBody(body), await readRequestBody(body)].map((sent) =>
    new Response(sent, { headers }).formData(),
  );
  for (const read of await Promise.all(forms)) {
    expect(read.get('a')).toBe('ü');
    const file = read.get('f') as File;
    expect([file.name, await file.text()]).toEqual(['name.txt', 'content']);
  }
});

test('a stream cannot be sent twice', async () => {
  const body = toPageBody(new Blob(['once']).stream());
  expect(await new Response(await readRequestBody(body)).text()).toBe('once');
  await expect(readRequestBody(body)).rejects.toMatchObject({ code: 'content-resend' });
});
