import { expect, test } from 'vitest';
import type { NetworkError } from '../../../src/error.ts';
import type { BodySink } from '../../../src/message/body.ts';
import { type Bench, GIVEN_UP, newId, RecordingSink, readAll, until } from './harness.ts';

/** What may be on the way when a reader stops: buffers of both kernels and of the transport. */
const READ_AHEAD = 16 * 1024 * 1024;

/** Bytes down: start, pause, resume, cancel, end. How they fail is in `failures.ts`. */
export function bodyTests({ send, journal, testUnlessLimited, environment }: Bench): void {
  const { readAhead = READ_AHEAD } = environment;
  /** A body that no buffers on the way can hold. */
  const flood = 2 * readAhead;

  test.each([
    ['with a length', '/bytes/300000'],
    ['in chunks', '/bytes/300000?chunked'],
    ['of one byte', '/bytes/1'],
    ['of none', '/bytes/0'],
  ])('a body %s arrives in whole, and ends once', async (_name, path) => {
    const sink = await readAll(await send(path).response);
    const { bytes } = sink;
    expect(bytes.length).toBe(Number(/\d+/.exec(path)![0]));
    expect(bytes.every((byte, i) => byte === ((i * 31 + (i >> 8)) & 0xff))).toBe(true);
    expect(sink.chunks.every((chunk) => chunk.length > 0)).toBe(true);
    expect([sink.ends, sink.failures]).toEqual([1, []]);
  });

  test('calls after the end do nothing', async () => {
    const { body } = await send('/hello').response;
    const sink = new RecordingSink();
    body.start(sink);
    await sink.over;
    body.pause();
    body.resume();
    body.cancel(GIVEN_UP);
    expect([sink.text, sink.ends, sink.failures]).toEqual(['hello', 1, []]);
  });

  testUnlessLimited('nothing flows before start', async () => {
    const id = newId();
    const { body } = await send(`/flood/${flood}?id=${id}`).response;
    expect((await journal(id, 'stalled')).written).toBeLessThan(readAhead);
    body.cancel(GIVEN_UP);
    expect((await journal(id, 'ended')).ended).toBe('lost');
  });

  testUnlessLimited('pause stops the peer, resume lets it go on', async () => {
    const id = newId();
    const { body } = await send(`/flood/${flood}?id=${id}`).response;
    const sink = new CountingSink();
    body.start(sink);
    await sink.reached(1);
    body.pause();
    const { written, ended } = await journal(id, 'stalled');
    expect(written).toBeLessThan(sink.received + readAhead);
    expect(ended).toBeNull();
    body.resume();
    await sink.reached(flood);
    expect((await journal(id, 'ended')).ended).toBe('answered');
    await until(() => sink.hasEnded);
  });

  test('a body may be paused before it starts', async () => {
    const { body } = await send('/bytes/100').response;
    const sink = new RecordingSink();
    body.pause();
    body.start(sink);
    // As much has come since as would have to.
    for (let i = 0; i < 3; i++) await readAll(await send('/hello').response);
    expect(sink.length).toBe(0);
    body.resume();
    expect((await sink.over).length).toBe(100);
  });

  test.each(['before start', 'while it flows', 'while it is paused'])(
    'cancel %s: silence, and the peer is let go',
    async (when) => {
      const id = newId();
      const { body } = await send(`/endless?id=${id}`).response;
      const sink = new RecordingSink();
      if (when !== 'before start') {
        const flowing = sink.nextData();
        body.start(sink);
        await flowing;
      }
      if (when === 'while it is paused') body.pause();
      body.cancel(GIVEN_UP);
      const heard = sink.length;
      expect((await journal(id, 'ended')).ended).toBe('lost');
      expect([sink.length, sink.ends, sink.failures]).toEqual([heard, 0, []]);
    },
  );
}

/** Counts bytes and keeps none. */
class CountingSink implements BodySink {
  received = 0;
  hasEnded = false;
  #wanted = 0;
  #wake: () => void = () => {};

  /** Resolves when that many bytes have arrived. */
  reached(bytes: number): Promise<void> {
    this.#wanted = bytes;
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  data(chunk: Uint8Array): void {
    this.received += chunk.length;
    if (this.received >= this.#wanted) this.#wake();
  }

  end(): void {
    this.hasEnded = true;
  }

  fail(error: NetworkError): void {
    throw error;
  }
}
