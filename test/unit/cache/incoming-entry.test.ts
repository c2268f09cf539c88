import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { IncomingEntry } from '../../../src/cache/sharing/incoming-entry.ts';
import type { EntryWriter } from '../../../src/cache/storage/network-cache.ts';
import { NetworkError } from '../../../src/error.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { eventually } from '../../support/eventually.ts';
import { FakeClock } from '../../support/fixtures.ts';

/** A writer that takes its time, and may break. */
class SlowWriter implements EntryWriter {
  readonly bytes: number[] = [];
  committed = false;
  closed = false;
  readonly #slow: boolean;
  readonly #breaksAt: number;

  constructor(slow: boolean, breaksAt: number) {
    this.#slow = slow;
    this.#breaksAt = breaksAt;
  }
  write(chunk: Uint8Array): void | Promise<void> {
    if (this.bytes.length + chunk.length > this.#breaksAt) throw new Error('full');
    this.bytes.push(...chunk);
    return this.#slow ? new Promise((resolve) => setTimeout(resolve, 0)) : undefined;
  }
  read(offset: number, length: number): Uint8Array | Promise<Uint8Array> {
    const part = Uint8Array.from(this.bytes.slice(offset, offset + Math.min(length, 3)));
    return this.#slow ? new Promise((resolve) => setTimeout(resolve, 0, part)) : part;
  }
  commit(): void | Promise<void> {
    this.committed = true;
    return this.#slow ? Promise.resolve() : undefined;
  }
  close(): void {
    this.closed = true;
  }
}

/** What one reply got. */
class Reader {
  readonly bytes: number[] = [];
  outcome: 'reading' | 'ended' | 'failed' | 'gone' = 'reading';
  paused = false;
  readonly #body: ResponseBody;

  constructor(body: ResponseBody) {
    this.#body = body;
    body.start({
      data: (chunk) => this.bytes.push(...chunk),
      end: () => {
        this.outcome = 'ended';
      },
      fail: () => {
        this.outcome = 'failed';
      },
    });
  }
  toggle(): void {
    this.paused = !this.paused;
    if (this.paused) this.#body.pause();
    else this.#body.resume();
  }
  cancel(): void {
    if (this.outcome === 'reading') this.outcome = 'gone';
    this.#body.cancel(new NetworkError('operation-canceled', 'gone'));
  }
}

type Action = {
  readonly do: 'send' | 'join' | 'toggle' | 'cancel' | 'turn' | 'wait' | 'end';
  readonly who: number;
};

const action: fc.Arbitrary<Action> = fc.record({
  do: fc.constantFrom('send', 'send', 'send', 'join', 'toggle', 'toggle', 'cancel', 'turn', 'wait', 'end'),
  who: fc.nat(7),
});

/** Nobody has it any more. */
const lost = (): Promise<never> => Promise.reject(new Error('lost'));

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

test('whatever the readers do, each gets all bytes in order or hears why not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(action, { maxLength: 40 }),
      fc.boolean(),
      fc.option(fc.nat(30), { nil: Infinity }),
      async (actions, slow, breaksAt) => {
        const writer = new SlowWriter(slow, breaksAt);
        const sent: number[] = [];
        let sink: BodySink | null = null;
        let open = true;
        const source: ResponseBody = {
          start: (to) => {
            sink = to;
          },
          pause: () => {},
          resume: () => {},
          cancel: () => {
            open = false;
          },
        };
        const clock = new FakeClock();
        const incoming = new IncomingEntry({
          source,
          writer,
          length: null,
          commit: () => writer.commit(),
          clock,
        });
        const readers = [new Reader(incoming.body(lost))];
        const perform = async ({ do: what, who }: Action): Promise<void> => {
          const reader = readers[who % readers.length]!;
          if (what === 'send' && open) {
            const chunk = Uint8Array.of(sent.length, sent.length + 1);
            sent.push(...chunk);
            sink?.data(chunk, true);
          } else if (what === 'join' && !incoming.isOver) readers.push(new Reader(incoming.body(lost)));
          else if (what === 'toggle') reader.toggle();
          else if (what === 'cancel') reader.cancel();
          else if (what === 'turn') await turn();
          else if (what === 'wait') clock.advance(1000);
          else if (what === 'end' && open) {
            open = false;
            sink?.end(null);
          }
        };
        for (const one of actions) await perform(one);
        await perform({ do: 'end', who: 0 });
        for (const reader of readers) if (reader.paused) reader.toggle();
        for (let i = 0; i < 40 && readers.some(({ outcome }) => outcome === 'reading'); i++) await turn();

        for (const { bytes, outcome } of readers) {
          expect(bytes).toEqual(sent.slice(0, bytes.length));
          expect(outcome).not.toBe('reading');
          if (outcome === 'ended') expect(bytes).toEqual(sent);
          // Only who fell behind an entry that could not be written misses something.
          if (outcome === 'failed') expect(sent.length).toBeGreaterThan(breaksAt);
        }
        expect(writer.closed).toBe(true);
        if (writer.committed) expect(writer.bytes).toEqual(sent);
      },
    ),
    { numRuns: 150 },
  );
});

test.each<[string, (incoming: IncomingEntry, reader: Reader) => void]>([
  ['leaves', (_, reader) => reader.cancel()],
  ['is told of a failure', (incoming) => incoming.fail(new NetworkError('timeout', 'idle'))],
])('the writer is not closed while it publishes, even when the last reader %s', async (_, give) => {
  const writer = new SlowWriter(false, Infinity);
  let publish = (): void => {};
  let sink: BodySink | null = null;
  let cancelled = false;
  const incoming = new IncomingEntry({
    source: {
      start: (to) => {
        sink = to;
      },
      pause: () => {},
      resume: () => {},
      cancel: () => {
        cancelled = true;
      },
    },
    writer,
    length: null,
    commit: () => new Promise((resolve) => (publish = resolve)),
    clock: new FakeClock(),
  });
  const reader = new Reader(incoming.body(lost));
  sink!.data(Uint8Array.of(1), true);
  sink!.end(null);
  give(incoming, reader);
  expect([writer.closed, cancelled]).toEqual([false, false]);
  publish();
  await turn();
  expect([writer.closed, incoming.isOver]).toEqual([true, true]);
});

test('without an entry, one reader that stopped holds the others up for a moment, and gets the rest from elsewhere', async () => {
  const clock = new FakeClock();
  let sink: BodySink | null = null;
  let flows = true;
  const incoming = new IncomingEntry({
    source: {
      start: (to) => {
        sink = to;
      },
      pause: () => {
        flows = false;
      },
      resume: () => {
        flows = true;
      },
      cancel: () => {},
    },
    writer: new SlowWriter(false, 1),
    length: null,
    commit: () => {},
    clock,
  });
  const rescue = vi.fn(async () => bytesBody(Uint8Array.of(3, 4)));
  const [stopped, other] = [new Reader(incoming.body(rescue)), new Reader(incoming.body(lost))];
  sink!.data(Uint8Array.of(1, 2), true);
  stopped.toggle();
  expect(flows).toBe(false);
  clock.advance(999);
  expect(flows).toBe(false);
  clock.advance(1);
  expect(flows).toBe(true);
  sink!.data(Uint8Array.of(3, 4), true);
  sink!.end(null);
  expect([other.bytes, other.outcome]).toEqual([[1, 2, 3, 4], 'ended']);
  expect(stopped.bytes).toEqual([1, 2]);
  stopped.toggle();
  await eventually(() => expect([stopped.bytes, stopped.outcome]).toEqual([[1, 2, 3, 4], 'ended']));
  expect(rescue).toHaveBeenCalledExactlyOnceWith(2);
});

test.each(['goes on', 'leaves'])('a reader that %s in time holds nobody up any more', (what) => {
  const clock = new FakeClock();
  let sink: BodySink | null = null;
  const resume = vi.fn();
  const incoming = new IncomingEntry({
    source: {
      start: (to) => {
        sink = to;
      },
      pause: () => {},
      resume,
      cancel: () => {},
    },
    writer: new SlowWriter(false, 1),
    length: null,
    commit: () => {},
    clock,
  });
  const [stopped, other] = [new Reader(incoming.body(lost)), new Reader(incoming.body(lost))];
  sink!.data(Uint8Array.of(1, 2), true);
  stopped.toggle();
  if (what === 'leaves') stopped.cancel();
  else stopped.toggle();
  expect(resume).toHaveBeenCalledOnce();
  expect(clock.pendingTimers).toBe(0);
  sink!.data(Uint8Array.of(3), true);
  sink!.end(null);
  expect(other.outcome).toBe('ended');
  expect(stopped.bytes).toEqual(what === 'leaves' ? [1, 2] : [1, 2, 3]);
});
