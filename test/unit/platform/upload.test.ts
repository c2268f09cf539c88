import { expect, test } from 'vitest';
import { Upload } from '../../../platform/node/upload.ts';
import type { NetworkError } from '../../../src/error.ts';
import type { RequestBody } from '../../../src/message/body.ts';
import { textBody, texts, UploadSource } from '../../suites/transport/harness.ts';

const KIB = 1024;
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** An upload into a target that takes what it is told to take. */
function uploading(body: RequestBody, length = body.length) {
  const state = {
    written: [] as Uint8Array[],
    waiting: [] as (() => void)[],
    ended: 0,
    progress: [] as number[],
    failures: [] as NetworkError[],
    take: async () => {
      for (const taken of state.waiting.splice(0)) taken();
      await settled();
    },
  };
  const target = {
    write: (chunk: Uint8Array, taken: () => void) => {
      state.written.push(chunk);
      state.waiting.push(taken);
    },
    end: () => {
      state.ended++;
    },
  };
  const upload = new Upload(body, length, target, {
    progress: (sent) => state.progress.push(sent),
    failed: (error) => state.failures.push(error),
  });
  return { upload, state };
}

const endless = (): UploadSource =>
  new UploadSource(function* () {
    for (;;) yield new Uint8Array(10 * KIB);
  });

function thrown(error: Error): never {
  throw error;
}

test('few bytes are written and ended at once', () => {
  const { upload, state } = uploading(textBody('bytes'));
  upload.start();
  expect([state.written.length, state.ended]).toEqual([1, 1]);
});

test('many bytes are written in pieces, not copied', async () => {
  const bytes = new Uint8Array(300 * KIB);
  const { upload, state } = uploading({ ...textBody(''), bytes, length: bytes.length });
  upload.start();
  for (let i = 0; i < 10; i++) await state.take();
  expect(state.progress.at(-1)).toBe(bytes.length);
  expect(state.progress.length).toBe(5);
  expect(state.written.every(({ buffer }) => buffer === bytes.buffer)).toBe(true);
  expect(state.ended).toBe(1);
});

test('a source is asked for more when there is room, and only then', async () => {
  const source = endless();
  const { upload, state } = uploading(source);
  upload.start();
  await settled();
  const first = source.pulled;
  expect(first).toBeLessThanOrEqual(270 * KIB);
  await settled();
  expect(source.pulled).toBe(first);
  await state.take();
  expect(source.pulled).toBeGreaterThan(first);
  upload.stop();
});

test.each([0, 1, 1000, 100 * KIB, 100 * KIB * KIB])(
  'chunks of %d bytes that are taken as they come let the event loop turn',
  async (size) => {
    const source = new UploadSource(function* () {
      const count = size === 0 ? 100_000 : Math.min(100_000, (100 * KIB * KIB) / size);
      for (let given = 0; given < count; given++) yield new Uint8Array(size);
    });
    let written = 0;
    let chunks = 0;
    const target = {
      write: (chunk: Uint8Array, taken: () => void) => {
        written += chunk.length;
        chunks++;
        taken();
      },
      end: () => {},
    };
    const upload = new Upload(source, null, target, { progress: () => {}, failed: thrown });
    upload.start();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    expect(source.closed).toBe(false);
    expect(chunks).toBeLessThanOrEqual(256);
    expect(written).toBeLessThanOrEqual(1024 * KIB + size);
    upload.stop();
    await settled();
    expect(source.closed).toBe(true);
  },
);

test('a chunk is given back when the last of its pieces has left, and none after a stop', async () => {
  const given: Uint8Array[] = [];
  const sent: Uint8Array[] = [new Uint8Array(100 * KIB), new Uint8Array(KIB), new Uint8Array(KIB)];
  const open = () => ({
    async *[Symbol.asyncIterator]() {
      yield* sent;
    },
    giveBack: (chunk: Uint8Array) => void given.push(chunk),
  });
  const { upload, state } = uploading({ ...textBody(''), length: null, bytes: null, open });
  upload.start();
  await settled();
  const [first, second, third, fourth] = state.waiting;
  first!();
  expect(given).toEqual([]);
  second!();
  third!();
  expect(given.map((chunk) => sent.indexOf(chunk))).toEqual([0, 1]);
  upload.stop();
  fourth!();
  expect(given.length).toBe(2);
});

test('stop closes the source and is silent from then on', async () => {
  const source = endless();
  const { upload, state } = uploading(source);
  upload.start();
  await settled();
  upload.stop();
  await settled();
  expect(source.closed).toBe(true);
  const written = state.written.length;
  await state.take();
  expect([state.written.length, state.progress, state.ended, state.failures]).toEqual([written, [], 0, []]);
});

test('a source that cannot be opened fails in a turn of its own', async () => {
  const gone = new Error('locked');
  const { upload, state } = uploading({
    ...textBody(''),
    bytes: null,
    length: null,
    open: () => thrown(gone),
  });
  upload.start();
  expect(state.failures).toEqual([]);
  await settled();
  expect(state.failures.map(({ code, cause }) => [code, cause])).toEqual([['unknown-network', gone]]);
  expect([state.written, state.ended]).toEqual([[], 0]);
});

test('stop does not wait for a source that hangs', async () => {
  const { upload, state } = uploading(
    new UploadSource(async function* () {
      yield new Uint8Array(1);
      await new Promise(() => {});
    }),
  );
  upload.start();
  await settled();
  upload.stop();
  upload.stop();
  await settled();
  expect([state.ended, state.failures]).toEqual([0, []]);
});

test.each([
  ['less than was promised', ['12'], 'announced with 5 bytes and yielded 2'],
  ['more than was promised', ['1234', '56', '7'], 'announced with 5 bytes and yielded 6'],
])('%s is a failure, and the surplus is not written', async (_name, chunks, message) => {
  const source = new UploadSource(texts(...chunks), 5);
  const { upload, state } = uploading(source);
  upload.start();
  await settled();
  expect(state.failures.map((error) => [error.code, error.message])).toEqual([
    ['unknown-network', expect.stringContaining(message)],
  ]);
  expect(state.ended).toBe(0);
  expect(state.written.reduce((sum, chunk) => sum + chunk.length, 0)).toBeLessThanOrEqual(5);
  expect(source.closed).toBe(true);
});
