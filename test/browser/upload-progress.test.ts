/** How far an upload is, in a page: by XMLHttpRequest, where the request asks for it. */
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import { xhrUploads } from '../../platform/browser/xhr-uploads.ts';
import type { BodyInput } from '../../src/message/body-input.ts';
import type { Echo } from '../support/server/routes.ts';

const origin = inject('server');
const SIZE = 3_000_000;

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager({ uploadProgress: xhrUploads });
});
afterEach(() => manager.close());

const BODIES: readonly (readonly [string, () => BodyInput])[] = [
  ['bytes', () => new Uint8Array(SIZE)],
  ['a text', () => 'x'.repeat(SIZE)],
  ['a Blob', () => new Blob([new Uint8Array(SIZE)], { type: 'text/b' })],
  ['a stream', () => new Blob([new Uint8Array(SIZE)]).stream()],
];

test.each(BODIES)('%s', async (_name, make) => {
  const reply = manager.post(
    { url: `${origin}/count`, uploadProgress: true, emitAllUploadProgressSignals: true },
    make(),
  );
  const told: (readonly [number, number])[] = [];
  reply.on('uploadProgress', (sent, total) => told.push([sent, total]));
  expect(await reply.text()).toBe(String(SIZE));
  expect(reply.status).toBe(200);
  const sent = told.map(([bytes]) => bytes);
  expect(sent).toEqual([...new Set(sent)].sort((a, b) => a - b));
  expect(told.at(-1)).toEqual([SIZE, SIZE]);
});

test('a form, fields and the answer', async () => {
  const form = new FormData();
  form.set('f', new File(['content'], 'f.txt'));
  const reply = manager.post(
    {
      url: `${origin}/echo`,
      uploadProgress: true,
      headers: { 'x-own': '1' },
      trustedRedirectOrigins: [origin],
    },
    form,
  );
  const last: number[] = [];
  reply.on('uploadProgress', (sent, total) => last.splice(0, 2, sent, total));
  const { method, body, fields } = (await reply.json()) as Echo;
  expect([method, body.includes('filename="f.txt"')]).toEqual(['POST', true]);
  expect(fields.map(([name, value]) => `${name.toLowerCase()}: ${value}`)).toContain('x-own: 1');
  expect(last[0]).toBe(last[1]);
  expect(reply.headers.get('content-type')).toBe('application/json');
});

test.each([
  [303, '0'],
  [307, String(SIZE)],
])('an upload that is redirected by %i is told to its end', async (status, received) => {
  const reply = manager.post(
    { url: `${origin}/redirect/${status}/count`, uploadProgress: true },
    new Uint8Array(SIZE),
  );
  const told: (readonly [number, number])[] = [];
  reply.on('uploadProgress', (sent, total) => told.push([sent, total]));
  expect([await reply.text(), reply.url]).toEqual([received, `${origin}/count`]);
  expect(told.at(-1)).toEqual([SIZE, SIZE]);
});

test('of an empty body there is nothing to tell', async () => {
  const reply = manager.post({ url: `${origin}/count`, uploadProgress: true }, '');
  const told: number[] = [];
  reply.on('uploadProgress', (sent) => told.push(sent));
  expect([await reply.text(), told]).toEqual(['0', []]);
});

describe('an upload that ends early', () => {
  const deaf = (): ReturnType<typeof manager.post> =>
    manager.post({ url: `${origin}/black-hole`, uploadProgress: true }, 'x');

  test('by an abort', async () => {
    const reply = deaf();
    reply.once('uploadProgress', () => reply.abort());
    await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled' });
  });

  test('by the manager', async () => {
    const reply = deaf();
    reply.once('uploadProgress', () => void manager.close());
    await expect(reply.text()).rejects.toMatchObject({ code: 'operation-canceled' });
  });

  test('by an abort while its source has nothing to give', async () => {
    await new Promise<void>((closed) => {
      const source = new ReadableStream<Uint8Array>(
        { pull: () => reply.abort(), cancel: () => closed() },
        { highWaterMark: 0 },
      );
      const reply = manager.post({ url: `${origin}/count`, uploadProgress: true }, source);
    });
  });

  test('by a source that fails', async () => {
    const broken = new Error('broken');
    const source = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(broken) });
    const reply = manager.post({ url: `${origin}/count`, uploadProgress: true }, source);
    await expect(reply.text()).rejects.toMatchObject({ code: 'unknown-network', cause: broken });
  });

  test('by a timeout', async () => {
    manager.transferTimeout = 200;
    await expect(deaf().text()).rejects.toMatchObject({ code: 'timeout' });
  });

  test('by a server that nobody reaches', async () => {
    const port = await manager.get(`${origin}/closed-port`).text();
    const reply = manager.post({ url: `http://127.0.0.1:${port}/`, uploadProgress: true }, 'x');
    await expect(reply.text()).rejects.toMatchObject({ code: 'unknown-network' });
  });
});

describe('refused', () => {
  test('without the part', async () => {
    const plain = new NetworkAccessManager();
    const reply = plain.post({ url: `${origin}/count`, uploadProgress: true }, 'x');
    await expect(reply.text()).rejects.toMatchObject({ capability: 'uploadProgress' });
    await plain.close();
  });

  test('is what could go along to another origin unseen', async () => {
    const request = { url: `${origin}/count`, uploadProgress: true, headers: { 'x-api-key': 'secret' } };
    await expect(manager.post(request, 'x').text()).rejects.toMatchObject({ capability: 'redirectMode' });
  });

  test('is a body that is to be streamed', async () => {
    const request = { url: `${origin}/count`, uploadProgress: true, duplex: 'half' } as const;
    await expect(manager.post(request, new Blob(['x']).stream()).text()).rejects.toMatchObject({
      capability: 'requestStreams',
    });
  });
});

test('a request that does not ask for it goes by fetch, and tells nothing', async () => {
  const reply = manager.post(`${origin}/count`, 'x');
  const told: number[] = [];
  reply.on('uploadProgress', (sent) => told.push(sent));
  expect([await reply.text(), told]).toEqual(['1', []]);
});
