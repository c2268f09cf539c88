import { describe, expect, test } from 'vitest';
import { DecodedBody } from '../../../src/decoding/decoded-body.ts';
import { NetworkError } from '../../../src/error.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { FlowingBody } from '../../../src/message/flowing-body.ts';
import { joinBodies } from '../../../src/message/join-bodies.ts';
import { observeBody } from '../../../src/message/observe-body.ts';
import { streamBody } from '../../../src/message/stream-body.ts';
import { fakeDecoders } from '../../support/fake-decoders.ts';

const given = new NetworkError('operation-canceled', 'given up');
const broken = new NetworkError('remote-host-closed', 'broken');
const chunks = ['one', 'two', 'three'].map((text) => new TextEncoder().encode(text));

/** A reader that writes down what it hears. */
function reader(): { readonly log: string[]; readonly sink: BodySink } {
  const log: string[] = [];
  return {
    log,
    sink: {
      data: (chunk) => log.push(new TextDecoder().decode(chunk)),
      end: () => log.push('end'),
      fail: (error) => log.push(error.code),
    },
  };
}

/** Lets streams run. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe('the life of a body', () => {
  class ByHand extends FlowingBody {
    readonly log: string[] = [];
    flow(): void {
      this.log.push('flow');
    }
    override halt(): void {
      this.log.push('halt');
    }
    release({ code }: NetworkError): void {
      this.log.push(`release ${code}`);
    }
    give(text: string): void {
      this.deliver(new TextEncoder().encode(text), false);
    }
    close(): void {
      this.endBody(null);
    }
    fail(error: NetworkError): void {
      this.failBody(error);
    }
  }

  const make = (): { body: ByHand; log: string[]; sink: BodySink } => ({ body: new ByHand(), ...reader() });

  test('flows when it is started, stops and goes on', () => {
    const { body, log, sink } = make();
    body.start(sink);
    body.pause();
    body.pause();
    body.resume();
    body.resume();
    body.give('a');
    body.close();
    expect([body.log, log]).toEqual([
      ['flow', 'halt', 'flow'],
      ['a', 'end'],
    ]);
  });

  test('moves nothing before it is started', () => {
    const { body, log, sink } = make();
    body.pause();
    body.give('lost');
    expect(body.log).toEqual([]);
    body.start(sink);
    expect(body.log).toEqual([]);
    body.resume();
    expect([body.log, log]).toEqual([['flow'], []]);
  });

  test('goes on at its start when it was paused and resumed before', () => {
    const { body, sink } = make();
    body.pause();
    body.resume();
    body.start(sink);
    expect(body.log).toEqual(['flow']);
  });

  test('fails at its start when it failed before, once', () => {
    const { body, log, sink } = make();
    body.fail(broken);
    body.fail(given);
    body.start(sink);
    expect([body.log, log, body.isOver]).toEqual([[], [broken.code], true]);
  });

  test.each<[string, (body: ByHand) => void, string[]]>([
    ['ended', (body) => body.close(), ['end']],
    ['failed', (body) => body.fail(broken), [broken.code]],
    ['was cancelled', (body) => body.cancel(given), []],
  ])('does nothing any more once it %s', (_name, finish, heard) => {
    const { body, log, sink } = make();
    body.start(sink);
    finish(body);
    body.log.length = 0;
    body.give('late');
    body.fail(broken);
    body.pause();
    body.resume();
    body.cancel(given);
    body.start(sink);
    expect([body.log, log]).toEqual([[], heard]);
  });

  test('lets go of what stands behind it when it is cancelled, started or not', () => {
    for (const isStarted of [true, false]) {
      const { body, log, sink } = make();
      if (isStarted) body.start(sink);
      body.cancel(given);
      body.cancel(broken);
      expect(body.log.at(-1)).toBe(`release ${given.code}`);
      expect([body.log.filter((line) => line.startsWith('release')).length, log]).toEqual([1, []]);
    }
  });
});

function streamOfChunks(): ResponseBody {
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return streamBody(stream, () => broken);
}

/** A decoder that gives what it takes. */
function decoded(): ResponseBody {
  const decoders = fakeDecoders();
  return new DecodedBody({
    source: bytesBody(...chunks),
    coding: 'gzip',
    decoders: {
      ...decoders,
      create: (_format, sink) => ({
        write: (chunk) => {
          sink.decoded(chunk);
          return true;
        },
        end: () => sink.finished(),
        pause: () => {},
        resume: () => {},
        destroy: () => {},
      }),
    },
    length: -1,
    isWhole: true,
    threshold: -1,
    url: '',
  });
}

describe.each<[string, () => ResponseBody]>([
  ['bytes', () => bytesBody(...chunks)],
  ['a stream', streamOfChunks],
  ['a body that is observed', () => observeBody(bytesBody(...chunks), { done: () => {} })],
  ['two bodies', () => joinBodies(bytesBody(...chunks.slice(0, 2)), bytesBody(...chunks.slice(2)))],
  ['a decoded body', decoded],
])('%s', (_name, make) => {
  test('gives its chunks and its end', async () => {
    const { log, sink } = reader();
    make().start(sink);
    await turn();
    expect(log).toEqual(['one', 'two', 'three', 'end']);
  });

  test('gives nothing while it is paused, whenever that began', async () => {
    const { log, sink } = reader();
    const body = make();
    body.pause();
    body.start(sink);
    await turn();
    expect(log).toEqual([]);
    body.resume();
    await turn();
    expect(log).toEqual(['one', 'two', 'three', 'end']);
  });

  test('serves a reader that stops at every chunk', async () => {
    const { log, sink } = reader();
    const body = make();
    body.start({
      ...sink,
      data: (chunk, lent) => {
        body.pause();
        sink.data(chunk, lent);
        setTimeout(() => body.resume());
      },
    });
    for (let i = 0; i < 8; i++) await turn();
    expect(log).toEqual(['one', 'two', 'three', 'end']);
  });

  test('tells a reader that gives up inside of a chunk nothing more', async () => {
    const { log, sink } = reader();
    const body = make();
    body.start({
      ...sink,
      data: (chunk, lent) => {
        sink.data(chunk, lent);
        body.cancel(given);
      },
    });
    await turn();
    expect(log).toEqual(['one']);
  });

  test('may be given up before it was started', async () => {
    const { log, sink } = reader();
    const body = make();
    body.cancel(given);
    body.start(sink);
    await turn();
    expect(log).toEqual([]);
  });
});
