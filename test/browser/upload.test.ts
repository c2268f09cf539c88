/** Every kind of body, as it arrives from a page. */
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { server as engine } from 'vitest/browser';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import type { BodyInput } from '../../src/message/body-input.ts';
import type { Echo } from '../support/server/routes.ts';

const server = inject('server');

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

async function echoOf(body: BodyInput): Promise<{ body: string; type: string | undefined }> {
  const echo = (await manager.post(`${server}/echo`, body).json()) as Echo;
  return { body: echo.body, type: echo.fields.find(([name]) => name.toLowerCase() === 'content-type')?.[1] };
}

const bytes = new TextEncoder().encode('bytes');

test.each<[string, () => BodyInput, string, string | undefined]>([
  ['text', () => 'text', 'text', 'text/plain;charset=UTF-8'],
  ['bytes', () => bytes, 'bytes', undefined],
  ['an array of bytes', () => [bytes, bytes], 'bytesbytes', undefined],
  [
    'fields',
    () => new URLSearchParams({ a: '1 2' }),
    'a=1+2',
    'application/x-www-form-urlencoded;charset=UTF-8',
  ],
  ['a Blob', () => new Blob(['blob'], { type: 'text/x' }), 'blob', 'text/x'],
  ['a stream', () => new Blob(['stream']).stream(), 'stream', undefined],
  [
    'an async iterable',
    async function* () {
      yield 'iter';
      yield 'able';
    } as () => AsyncIterable<string>,
    'iterable',
    undefined,
  ],
])('%s', async (_name, make, body, type) => {
  expect(await echoOf(make())).toEqual({ body, type });
});

test('a form', async () => {
  const form = new FormData();
  form.append('text', 'plain');
  form.append('file', new File(['content'], 'name.txt', { type: 'text/x' }));
  const echo = await echoOf(form);
  const read = await new Response(echo.body, { headers: { 'content-type': echo.type! } }).formData();
  const file = read.get('file') as File;
  expect([read.get('text'), file.name, await file.text()]).toEqual(['plain', 'name.txt', 'content']);
});

test('what only Chromium can stream is refused elsewhere', async () => {
  const url = `${server}/echo`;
  const reply = manager.post({ url, duplex: 'half' }, new Blob(['stream']).stream());
  await expect(reply.completed).rejects.toMatchObject(
    // It streams over HTTP/2 alone, which this server does not speak.
    engine.browser === 'chromium' ? { code: 'unknown-network' } : { capability: 'requestStreams' },
  );
});
