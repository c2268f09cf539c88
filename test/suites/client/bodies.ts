import { describe, expect, test } from 'vitest';
import type { BodyInput } from '../../../src/index.ts';
import { byteAt } from '../../support/byte-at.ts';
import type { ClientSetup } from '../client.ts';
import { lacks, scene, uniqueId } from './with-client.ts';

const MANY = 5_000_000;

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => byteAt(i));
}

async function* pieces(total: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < total; at += size) yield new Uint8Array(Math.min(size, total - at));
}

function form(): FormData {
  const data = new FormData();
  data.append('name', 'value');
  data.append('file', new Blob(['content']), 'a.txt');
  return data;
}

const UPLOADS: readonly (readonly [string, () => BodyInput, RegExp])[] = [
  ['text', () => 'füü', /^f\xc3\xbc\xc3\xbc$/],
  ['bytes', () => new Uint8Array([65, 66]), /^AB$/],
  ['a view of a larger buffer', () => new Uint8Array([64, 65, 66, 67]).subarray(1, 3), /^AB$/],
  // A page has none.
  ...(typeof Buffer === 'undefined'
    ? []
    : ([['a Buffer of the pool', () => Buffer.from('pooled'), /^pooled$/]] as const)),
  ['a Blob', () => new Blob(['bl', 'ob']), /^blob$/],
  ['parameters', () => new URLSearchParams({ a: '1' }), /^a=1$/],
  ['a form', form, /name="name"[\s\S]*value[\s\S]*filename="a.txt"[\s\S]*content/],
  ['a list of bytes', () => [new Uint8Array([65]), new Uint8Array([66])], /^AB$/],
  ['a generator', () => pieces(3, 1), /^\0\0\0$/],
  ['a stream', () => new Blob(['stream']).stream() as ReadableStream<Uint8Array>, /^stream$/],
  ['nothing', () => new Uint8Array(0), /^$/],
];

export function describeBodies(name: string, setup: ClientSetup): void {
  describe(`${name}: bodies`, () => {
    test.each(UPLOADS)('uploads %s', (_name, body, expected) =>
      scene(setup, async ({ client, url }) => {
        const echo = await client.post(url('/echo'), body()).json<{ body: string }>();
        expect(echo.body).toMatch(expected);
      })(),
    );

    test(
      'what was given is still the caller’s afterwards',
      scene(setup, async ({ client, url }) => {
        for (const size of [10, 100_000]) {
          const bytes = pattern(size);
          expect(await client.post(url('/count'), bytes).text()).toBe(String(size));
          expect(bytes).toEqual(pattern(size));
        }
      }),
    );

    test.each([0, 1, 65_536, 65_537, MANY])('uploads %i bytes, known or streamed', (size) =>
      scene(setup, async ({ client, url }) => {
        expect(await client.post(url('/count'), new Uint8Array(size)).text()).toBe(String(size));
        expect(await client.put(url('/count'), pieces(size, 70_000)).text()).toBe(String(size));
      })(),
    );

    test.each([0, 1, 65_536, MANY])('downloads %i bytes, whole and in order', (size) =>
      scene(setup, async ({ client, url }) => {
        for (const how of ['', '?chunked']) {
          const bytes = await client.get(url(`/bytes/${size}${how}`)).bytes();
          expect(bytes.length).toBe(size);
          expect(bytes.every((byte, i) => byte === byteAt(i))).toBe(true);
        }
      })(),
    );

    test(
      'a body that fails ends the request with its own error, and the connection',
      scene(setup, async ({ client, url, journal }) => {
        const id = uniqueId();
        async function* failing(): AsyncGenerator<Uint8Array> {
          yield new Uint8Array(10);
          throw new Error('no more');
        }
        const error = await client
          .post(url(`/count?id=${id}`), failing())
          .text()
          .catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: 'unknown-network', cause: { message: 'no more' } });
        expect(String(error)).toContain('no more');
        const { requests } = await journal(id);
        if (requests > 0) expect((await journal(id, 'ended')).ended).toBe('lost');
      }),
    );

    test.skipIf(lacks(setup, 'requestStreams'))(
      'an abort closes the source of the upload',
      scene(setup, async ({ client, url, journal }) => {
        const id = uniqueId();
        let begun = (): void => {};
        const whenBegun = new Promise<void>((resolve) => {
          begun = resolve;
        });
        let closed = (): void => {};
        const whenClosed = new Promise<void>((resolve) => {
          closed = resolve;
        });
        async function* endless(): AsyncGenerator<Uint8Array> {
          try {
            begun();
            for (;;) yield new Uint8Array(10_000);
          } finally {
            closed();
          }
        }
        const reply = client.post(url(`/count?id=${id}`), endless());
        // A generator that was not begun has no end: the head may arrive before its owner asks for the body.
        await Promise.all([journal(id, 'arrived'), whenBegun]);
        reply.abort();
        await whenClosed;
        await journal(id, 'ended');
      }),
    );

    test.skipIf(lacks(setup, 'requestStreams'))(
      'a server that does not read stops the source',
      scene(setup, async ({ client, url, journal }) => {
        const id = uniqueId();
        let given = 0;
        let waits = (): void => {};
        async function* endless(): AsyncGenerator<Uint8Array> {
          for (;;) {
            given += 65_536;
            waits();
            yield new Uint8Array(65_536);
          }
        }
        const reply = client.post(url(`/deaf?id=${id}`), endless());
        await journal(id, 'arrived');
        // It stands still when no chunk was asked for in a while: nothing tells that something does not happen.
        await new Promise<void>((resolve) => {
          let timer = setTimeout(resolve, 500);
          waits = () => {
            clearTimeout(timer);
            timer = setTimeout(resolve, 500);
          };
        });
        expect(given).toBeLessThan(64 * 1024 * 1024);
        // The server, which does not read, does not see it.
        reply.abort();
      }),
    );

    test.skipIf(lacks(setup, 'reads ahead'))(
      'a reader that stops reading stops the server, and all comes when it reads on',
      scene(setup, async ({ client, url, journal }) => {
        const id = uniqueId();
        const size = 64 * 1024 * 1024;
        const reply = client.get({ url: url(`/flood/${size}?id=${id}`), readBufferSize: 100_000 });
        const { written } = await journal(id, 'stalled');
        expect(written).toBeLessThan(size / 2);
        let read = 0;
        for await (const chunk of reply) read += chunk.length;
        expect(read).toBe(size);
      }),
    );

    test(
      'leaving the loop aborts',
      scene(setup, async ({ client, url, journal }) => {
        const id = uniqueId();
        const reply = client.get(url(`/endless?id=${id}`));
        for await (const chunk of reply) {
          expect(chunk.constructor).toBe(Uint8Array);
          break;
        }
        expect(reply.error?.code).toBe('operation-canceled');
        expect((await journal(id, 'ended')).ended).toBe('lost');
      }),
    );

    test(
      'maximumBodySize refuses what is larger',
      scene(setup, async ({ client, url }) => {
        const reply = client.get({ url: url('/bytes/1000'), maximumBodySize: 999 });
        await expect(reply.bytes()).rejects.toMatchObject({ code: 'unknown-content' });
      }),
    );

    test(
      'a body that stops in its middle is an error',
      scene(setup, async ({ client, url }) => {
        let status: number | null = null;
        // On a busy machine even the head may come later than that.
        for (let transferTimeout = 1000; status !== 200; transferTimeout *= 2) {
          const reply = client.get({ url: url('/stall'), transferTimeout });
          await expect(reply.text()).rejects.toMatchObject({ code: 'timeout' });
          ({ status } = reply);
        }
      }),
    );

    test.skipIf(lacks(setup, 'encodedBodies'))(
      'codings are undone, and the wire’s length is told',
      scene(setup, async ({ client, url }) => {
        const reply = client.get(url('/gzip'));
        expect(await reply.text()).toBe('decoded');
        expect(reply.originalContentLength).toBeGreaterThan(7);
      }),
    );
  });
}
