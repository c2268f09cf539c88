import { randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { nodeDecoders } from '../../platform/node/decoders.ts';
import type { Coding } from '../../src/decoding/decoder.ts';
import { decodingStage } from '../../src/decoding/stage.ts';
import type { ResponseBody } from '../../src/message/body.ts';
import { bytesBody } from '../../src/message/bytes-body.ts';
import { observeBody } from '../../src/message/observe-body.ts';
import type { RequestOptions } from '../../src/options/options.ts';
import { makeExchange, makeRequest, makeResponse, walk } from '../support/fixtures.ts';

const MEBIBYTE = 1024 * 1024;
const { zstdCompressSync } = zlib as { zstdCompressSync?: Encode };
const ZSTD_FLUSH = 1;

type Encode = (bytes: Uint8Array, options?: object) => Buffer;

const { BROTLI_OPERATION_FLUSH, BROTLI_PARAM_QUALITY, Z_SYNC_FLUSH } = zlib.constants;

const ENCODERS = new Map<string, Encode>([
  ['gzip', zlib.gzipSync],
  ['deflate', zlib.deflateSync],
  ['deflate (bare)', zlib.deflateRawSync],
  [
    'br',
    (bytes, options) => zlib.brotliCompressSync(bytes, { params: { [BROTLI_PARAM_QUALITY]: 5 }, ...options }),
  ],
]);
if (nodeDecoders.codings.includes('zstd')) ENCODERS.set('zstd', zstdCompressSync!);

/** The beginning of a body, up to where the sender has flushed it. */
function flushed(name: string, bytes: Uint8Array): Buffer {
  const flush = { br: BROTLI_OPERATION_FLUSH, zstd: ZSTD_FLUSH }[name] ?? Z_SYNC_FLUSH;
  return ENCODERS.get(name)!(bytes, { finishFlush: flush });
}

/** Bytes behind the last of the content. */
const TRAILERS: Readonly<Record<string, number>> = { gzip: 8, deflate: 4 };

const codingOf = (name: string): Coding => name.split(' ')[0] as Coding;
const text = Buffer.from('Hamburgefonts, '.repeat(20_000));
const noise = randomBytes(300_000);

/** The body that comes out of the stage for what came in, in these chunks. */
async function decode(
  coding: string,
  input: readonly Uint8Array[] | ResponseBody,
  options: Partial<RequestOptions> = {},
  endsWithConnection = false,
): Promise<ResponseBody> {
  const headers = { 'content-encoding': coding };
  const next = async () =>
    makeResponse({ headers, endsWithConnection, body: 'start' in input ? input : bytesBody(...input) });
  const request = makeRequest({ options });
  return (await walk(decodingStage(nodeDecoders), request, next, makeExchange().exchange)).body;
}

function read(body: ResponseBody): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    body.start({
      data: (chunk) => chunks.push(chunk.slice()),
      end: () => resolve(Buffer.concat(chunks)),
      fail: reject,
    });
  });
}

function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  );
}

const off = { decompressedSafetyCheckThreshold: -1 };

describe.each([...ENCODERS.keys()])('%s', (name) => {
  const encode = ENCODERS.get(name)!;
  const coding = codingOf(name);
  const broken = { code: 'unknown-content' };

  test.each([
    ['text', text],
    ['noise', noise],
    ['an empty body', new Uint8Array(0)],
  ])('decodes %s in pieces of any size', async (_name, bytes) => {
    const encoded = encode(bytes);
    for (const size of [encoded.length, 1000, ...(encoded.length < 10_000 ? [1] : [])]) {
      const body = await decode(coding, pieces(encoded, size), off);
      expect((await read(body)).equals(bytes)).toBe(true);
    }
  });

  test('takes no bytes for an empty body', async () => {
    expect(await read(await decode(coding, []))).toHaveLength(0);
  });

  test('tells a truncated body, wherever it was cut (attack checklist 63)', async () => {
    const encoded = encode(Buffer.from('some text that is not too short, some text'));
    for (let length = 1; length < encoded.length; length++) {
      const body = await decode(coding, [encoded.subarray(0, length)], {}, true);
      await expect(read(body)).rejects.toMatchObject(broken);
    }
  });

  test('takes a body without its end for whole where HTTP says so, and never one that lacks content', async () => {
    const trailer = TRAILERS[name] ?? 0;
    for (const bytes of [text.subarray(0, 3000), noise.subarray(0, 3000), Buffer.from('short')]) {
      const encoded = encode(bytes);
      for (let missing = 1; missing < encoded.length; missing += missing < 30 ? 1 : 17) {
        const cut = encoded.subarray(0, -missing);
        for (const input of [[cut], pieces(cut, 7)]) {
          const outcome = await read(await decode(coding, input, off)).catch((error) => error.code);
          if (missing <= trailer) expect(outcome).toEqual(bytes);
          else if (outcome !== broken.code) expect(outcome.equals(bytes)).toBe(true);
        }
      }
    }
  });

  test('takes what was flushed and never finished for whole where HTTP says so', async () => {
    const bytes = text.subarray(0, 50_000);
    const encoded = flushed(name, bytes);
    for (const input of [[encoded], pieces(encoded, 100)]) {
      expect(await read(await decode(coding, input, off))).toEqual(bytes);
      await expect(read(await decode(coding, input, off, true))).rejects.toMatchObject(broken);
    }
  });

  test('loses nothing of it for a reader that is slow', async () => {
    const bytes = noise;
    const body = await decode(coding, pieces(encode(bytes).subarray(0, -1), 1000), off);
    const chunks: Uint8Array[] = [];
    const outcome = await new Promise((resolve) => {
      body.start({
        data: (chunk) => {
          chunks.push(chunk.slice());
          body.pause();
          setTimeout(() => body.resume(), 1);
        },
        end: () => resolve('whole'),
        fail: (error) => resolve(error.code),
      });
    });
    if ((TRAILERS[name] ?? 0) > 0) expect(outcome).toBe('whole');
    if (outcome === 'whole') expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  test('tells garbage', async () => {
    await expect(
      read(await decode(coding, [Buffer.from('<html>no such coding</html>')])),
    ).rejects.toMatchObject(broken);
  });

  test('gives what there is before the body is complete', async () => {
    const body = await decode(coding, [flushed(name, Buffer.from('first event'))], off, true);
    const seen: string[] = [];
    const end = new Promise((resolve) => {
      body.start({
        data: (chunk) => seen.push(Buffer.from(chunk).toString()),
        end: resolve,
        fail: resolve,
      });
    });
    await expect(end).resolves.toMatchObject(broken);
    expect(seen).toEqual(['first event']);
  });

  test('is decoded at once when it is small, within the limit', () => {
    const format = name === 'deflate (bare)' ? 'deflate-raw' : coding;
    const encoded = encode(text);
    expect(Buffer.from(nodeDecoders.decodeWhole(format, encoded, text.length)!).equals(text)).toBe(true);
    expect(nodeDecoders.decodeWhole(format, encoded, text.length - 1)).toBeNull();
    expect(nodeDecoders.decodeWhole(format, encoded.subarray(0, -1), text.length)).toBeNull();
    expect(() => nodeDecoders.decodeWhole(format, Buffer.from('<html>'), 100)).toThrow();
  });

  test('stops a bomb, and its source (attack checklist 61)', async () => {
    const bomb = encode(Buffer.alloc(64 * MEBIBYTE));
    const body = await decode(coding, pieces(bomb, 4096));
    let decoded = 0;
    const error = await new Promise((resolve) => {
      body.start({
        data: (chunk) => {
          decoded += chunk.length;
        },
        end: () => resolve(null),
        fail: resolve,
      });
    });
    expect(error).toMatchObject({
      ...broken,
      message: expect.stringContaining('decompressedSafetyCheckThreshold'),
    });
    expect(decoded).toBeLessThanOrEqual(11 * MEBIBYTE);
  });
});

describe('gzip', () => {
  const gzip = zlib.gzipSync(text);

  test('of several members is one body', async () => {
    const body = await decode('gzip', [gzip, gzip, Buffer.concat([gzip, gzip])], off);
    expect((await read(body)).length).toBe(4 * text.length);
  });

  test('may be padded with zeros', async () => {
    expect((await read(await decode('gzip', [gzip, Buffer.alloc(1000)], off))).equals(text)).toBe(true);
  });

  test('with something else behind it is an error', async () => {
    const body = await decode('gzip', [Buffer.concat([gzip, Buffer.from('\r\n')])], off);
    await expect(read(body)).rejects.toMatchObject({ code: 'unknown-content' });
  });

  test('whose checksum is wrong is an error', async () => {
    const wrong = Buffer.from(gzip);
    wrong[wrong.length - 6]! ^= 1;
    await expect(read(await decode('gzip', [wrong], off))).rejects.toMatchObject({ code: 'unknown-content' });
  });

  test('in br is decoded twice', async () => {
    const body = await decode('gzip, br', pieces(zlib.brotliCompressSync(gzip), 100), off);
    expect((await read(body)).equals(text)).toBe(true);
  });
});

test('deflate and br end where their data ends, whatever follows', async () => {
  for (const coding of ['deflate', 'br'] as const) {
    const encoded = ENCODERS.get(coding)!(text);
    const chunks = [encoded, ...pieces(randomBytes(2 * MEBIBYTE), 65_536)];
    expect((await read(await decode(coding, chunks, off))).equals(text)).toBe(true);
  }
});

test('a reader that pauses stops the decoder, and that the source: little is decoded ahead', async () => {
  const encoded = zlib.gzipSync(Buffer.alloc(8 * MEBIBYTE));
  const input = Array.from({ length: 32 }, () => pieces(encoded, 1024)).flat();
  let sent = 0;
  const counted = observeBody(bytesBody(...input), { data: () => sent++, done() {} });
  const body = await decode('gzip', counted, off);
  let decoded = 0;
  const end = new Promise<void>((resolve, reject) => {
    body.start({
      data: (chunk) => {
        if (decoded === 0) body.pause();
        decoded += chunk.length;
      },
      end: () => resolve(),
      fail: reject,
    });
  });
  // Long enough for all of it: without the pause it is over by then.
  for (let turn = 0; turn < 20_000; turn++) await new Promise(setImmediate);
  expect(decoded).toBeLessThan(MEBIBYTE);
  expect(sent).toBeLessThan(input.length);
  body.resume();
  await end;
  expect(decoded).toBe(256 * MEBIBYTE);
});
