import { Readable } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { requestBody } from '../../../src/message/body.ts';
import type { BodyInput } from '../../../src/message/body-input.ts';
import { HttpMultiPart } from '../../../src/message/http-multi-part.ts';
import { toRequestBody } from '../../../src/message/request-body.ts';
import { readRequestBody } from '../../support/read-request-body.ts';

const TEXT = 'text/plain;charset=UTF-8';
const FORM = 'application/x-www-form-urlencoded;charset=UTF-8';

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
const words = new Uint16Array([0x6261, 0x6463, 0x6665]);

async function* generated(...chunks: (Uint8Array | string)[]) {
  yield* chunks;
}

function* produced(...chunks: Uint8Array[]) {
  yield* chunks;
}

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

describe('a body', () => {
  describe('what has a length', () => {
    test.each<[string, BodyInput, string, string | null]>([
      ['text', 'grüße €', 'grüße €', TEXT],
      ['empty text', '', '', TEXT],
      ['text with a lone surrogate', '\ud800', '\ufffd', TEXT],
      ['bytes', bytes('abc'), 'abc', null],
      ['a Node Buffer', Buffer.from('abc'), 'abc', null],
      ['an ArrayBuffer', bytes('abc').buffer, 'abc', null],
      ['a view of part of a buffer', new DataView(words.buffer, 2, 3), 'cde', null],
      ['a view of larger elements', words.subarray(1), 'cdef', null],
      ['an array of bytes', [bytes('ab'), bytes(''), bytes('c')], 'abc', null],
      ['form fields', new URLSearchParams({ a: '1 2', ä: '&' }), 'a=1+2&%C3%A4=%26', FORM],
      ['a Blob', new Blob(['grüße'], { type: 'text/x' }), 'grüße', 'text/x'],
      ['a Blob without a type', new Blob(['abc']), 'abc', null],
    ])('%s', async (_name, input, content, contentType) => {
      const body = toRequestBody(input);
      expect(body).toMatchObject({ length: bytes(content).length, replayable: true, contentType });
      expect([await readRequestBody(body), await readRequestBody(body)]).toEqual([content, content]);
      if (body.bytes !== null) expect(new TextDecoder().decode(body.bytes)).toBe(content);
    });

    test('bytes are not copied', () => {
      const input = bytes('abc');
      expect(toRequestBody(input).bytes).toBe(input);
      expect(toRequestBody(words).bytes?.buffer).toBe(words.buffer);
    });

    test('a Blob is offered as it is, too', () => {
      const blob = new Blob(['abc']);
      expect(toRequestBody(blob).blob?.()).toBe(blob);
    });
  });

  describe('what can be sent once', () => {
    test.each<[string, () => BodyInput]>([
      ['a WHATWG stream', () => streamOf(bytes('ab'), bytes('c'))],
      ['a Node stream', () => Readable.from([Buffer.from('ab'), Buffer.from('c')])],
      ['an async generator, of texts too', () => generated('ab', bytes('c'))],
      ['a generator', () => produced(bytes('ab'), bytes('c'))],
      ['a set', () => new Set([bytes('ab'), bytes('c')])],
    ])('%s', async (_name, make) => {
      const body = toRequestBody(make());
      expect(body).toMatchObject({ length: null, replayable: false, bytes: null, contentType: null });
      expect(await readRequestBody(body)).toBe('abc');
      await expect(readRequestBody(body)).rejects.toMatchObject({ code: 'content-resend' });
    });

    test('a chunk that is no bytes is refused where it comes', async () => {
      const body = toRequestBody(generated('fine', 5 as never));
      await expect(readRequestBody(body)).rejects.toThrow(
        new TypeError('body: a chunk must be bytes or text, not a value of type number'),
      );
    });

    test('a stream that is not read to its end is cancelled', async () => {
      let cancelled = false;
      const stream = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(bytes('x')),
        cancel: () => {
          cancelled = true;
          return new Promise(() => {});
        },
      });
      for await (const _ of toRequestBody(stream).open()) break;
      expect(cancelled).toBe(true);
    });

    test('a stream is cancelled at once, even while a chunk is awaited', async () => {
      let cancelled = false;
      const stream = new ReadableStream<Uint8Array>({
        cancel: () => {
          cancelled = true;
        },
      });
      const chunks = toRequestBody(stream).open()[Symbol.asyncIterator]();
      const pending = chunks.next();
      await chunks.return?.();
      expect(cancelled).toBe(true);
      expect(await pending).toMatchObject({ done: true });
    });

    test('a generator that is not read to its end is ended', async () => {
      let ended = false;
      const endless = async function* () {
        try {
          for (;;) yield 'x';
        } finally {
          ended = true;
        }
      };
      for await (const _ of toRequestBody(endless()).open()) break;
      expect(ended).toBe(true);
    });

    test('a stream that fails fails the body with the same error', async () => {
      const failure = new Error('disk');
      const stream = new ReadableStream<Uint8Array>({ start: (controller) => controller.error(failure) });
      await expect(readRequestBody(toRequestBody(stream))).rejects.toBe(failure);
    });
  });

  describe('what is refused with a TypeError', () => {
    const locked = streamOf();
    locked.getReader();
    test.each<[string, unknown, RegExp]>([
      ['a number', 5, /a value of type number cannot be sent/],
      ['a function', () => {}, /type function/],
      ['null', null, /type object cannot be sent/],
      ['an object', { a: 1 }, /JSON: \{ url, json \}/],
      ['an array of numbers', [1, 2], /a chunk must be bytes or text/],
      ['a locked stream', locked, /locked/],
      [
        'a Blob whose type would break a header',
        Object.defineProperty(new Blob(), 'type', { value: 'a\r\nb: c' }),
        /content-type must be/,
      ],
    ])('%s', (_name, input, message) => {
      expect(() => toRequestBody(input as BodyInput)).toThrow(TypeError);
      expect(() => toRequestBody(input as BodyInput)).toThrow(message);
    });
  });

  describe('what has been used is refused with a TypeError', () => {
    const readSome = async (stream: ReadableStream) => {
      const reader = stream.getReader();
      await reader.read();
      reader.releaseLock();
      return stream;
    };
    const readAll = async <Source extends AsyncIterable<unknown>>(source: Source) => {
      for await (const _ of source);
      return source;
    };
    const cancelled = async () => {
      const stream = streamOf(bytes('a'));
      await stream.cancel();
      return stream;
    };
    test.each<[string, () => unknown, RegExp]>([
      [
        'a stream that was read in part',
        () => readSome(streamOf(bytes('a'), bytes('b'))),
        /has been read from/,
      ],
      ['a stream that was read', () => readAll(new Blob(['a']).stream() as never), /has been read from/],
      ['a stream that was cancelled', cancelled, /has been read from/],
      ['a Node stream that was read', () => readAll(Readable.from(['a'])), /destroyed|read from/],
      ['a Node stream that was destroyed', () => Readable.from(['a']).destroy(), /has been destroyed/],
      [
        'a Node stream that others read',
        () => Readable.from(['a']).on('data', () => {}),
        /something else reads it/,
      ],
    ])('%s', async (_name, make, message) => {
      const source = (await make()) as BodyInput;
      expect(() => toRequestBody(source)).toThrow(TypeError);
      expect(() => toRequestBody(source)).toThrow(message);
    });

    test.each<[string, () => BodyInput]>([
      ['a WHATWG stream', () => streamOf(bytes('a'))],
      ['a Node stream', () => Readable.from([Buffer.from('a')])],
      ['an async generator', () => generated('a')],
      ['a generator', () => produced(bytes('a'))],
    ])('%s, for a second request', (_name, make) => {
      const source = make();
      toRequestBody(source).claim!();
      expect(() => toRequestBody(source)).toThrow(/is the body of an earlier request/);
    });

    test('what gives a new iterator each time can be sent by as many requests as like', () => {
      const set = new Set([bytes('a')]);
      toRequestBody(set).claim!();
      toRequestBody(set).claim!();
    });

    test('a message with a part that has been used', () => {
      const message = new HttpMultiPart().append({ body: generated('a') });
      message[requestBody]().claim!();
      expect(() => message[requestBody]().claim!()).toThrow(/is the body of an earlier request/);
    });

    test('a stream that has failed says what it failed with', async () => {
      const stream = Readable.from([]);
      stream.destroy(new Error('disk')).on('error', () => {});
      await new Promise(setImmediate);
      await expect(readRequestBody(toRequestBody(stream))).rejects.toThrow('disk');
    });
  });

  describe('an object that tells how it is sent', () => {
    test('is asked', () => {
      const body = toRequestBody('abc');
      expect(toRequestBody({ [requestBody]: () => body })).toBe(body);
    });
  });
});

/** Attack checklist 83: kinds of bodies told by properties that a polluted prototype gives to everything. */
describe('a polluted Object.prototype', () => {
  const polluted = Object.prototype as Record<string, unknown>;
  const names = [
    'open',
    'replayable',
    'length',
    'bytes',
    'getReader',
    'stream',
    'pipe',
    'entries',
    'append',
    'size',
    'type',
  ];
  afterEach(() => {
    for (const name of names) delete polluted[name];
  });

  test('makes no body out of an object', () => {
    for (const name of names) polluted[name] = () => [];
    polluted.replayable = true;
    expect(() => toRequestBody({} as BodyInput)).toThrow(TypeError);
  });
});
