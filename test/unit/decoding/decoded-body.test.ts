import { describe, expect, test } from 'vitest';
import { DecodedBody, type DecodedBodyInit } from '../../../src/decoding/decoded-body.ts';
import type { Decoders } from '../../../src/decoding/decoder.ts';
import { NetworkError } from '../../../src/error.ts';
import type { BodySink, ResponseBody } from '../../../src/message/body.ts';
import { HttpHeaders } from '../../../src/message/headers.ts';
import { fakeDecoders } from '../../support/fake-decoders.ts';

const aborted = new NetworkError('operation-canceled', 'aborted');

/** A decoded body over a source, a decoder and a reader that are all driven by hand. */
function setup(init: Partial<DecodedBodyInit> = {}, decodeWhole?: Decoders['decodeWhole']) {
  const decoders = fakeDecoders(decodeWhole);
  const source: string[] = [];
  const reader: string[] = [];
  let input!: BodySink;
  const body: ResponseBody = {
    start: (sink) => {
      input = sink;
    },
    pause: () => source.push('pause'),
    resume: () => source.push('resume'),
    cancel: (reason) => source.push(`cancel ${reason.code}`),
  };
  const decoded = new DecodedBody({
    source: body,
    coding: 'gzip',
    decoders,
    length: -1,
    isWhole: true,
    threshold: -1,
    url: 'http://origin.test/',
    ...init,
  });
  decoded.start({
    data: (chunk, lent) => reader.push(`data ${chunk.join(' ')} ${lent}`),
    end: (trailers) => reader.push(`end ${trailers?.get('a') ?? '-'}`),
    fail: (error) => reader.push(`fail ${error.code}: ${error.message}`),
  });
  return { decoded, decoders, source, reader, input, decoder: () => decoders.made[0]! };
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('bytes', () => {
  test('go through the decoder, and the trailers wait for them', () => {
    const { input, reader, decoder } = setup();
    input.data(bytes(1, 2), false);
    input.end(new HttpHeaders({ a: 'b' }));
    expect(reader).toEqual([]);
    decoder().sink.decoded(bytes(3));
    decoder().sink.finished();
    expect(decoder().log.slice(0, 2)).toEqual(['write 1 2', 'end']);
    expect(reader).toEqual(['data 3 false', 'end b']);
  });

  test('that are lent are copied, others are not', () => {
    const written: Uint8Array[] = [];
    const decoders = fakeDecoders();
    const { input } = setup({
      decoders: {
        ...decoders,
        create: (format, sink) => ({
          ...decoders.create(format, sink),
          write: (chunk) => written.push(chunk) > 0,
        }),
      },
    });
    const chunk = bytes(1);
    input.data(chunk, true);
    input.data(chunk, false);
    expect([written[0] === chunk, written[1] === chunk]).toEqual([false, true]);
  });

  test('tell the format', () => {
    const { input, decoder } = setup({ coding: 'deflate' });
    input.data(bytes(0x4b), false);
    expect(decoder().format).toBe('deflate-raw');
  });

  test('that are none make an empty body, in any coding', () => {
    const { input, reader, decoders } = setup();
    input.data(bytes(), false);
    input.end(null);
    expect([reader, decoders.made]).toEqual([['end -'], []]);
  });

  test('behind the end of the encoded data are dropped, and the body ends with its source', () => {
    const { input, reader, decoder, source } = setup();
    input.data(bytes(1), false);
    decoder().takesMore = false;
    input.data(bytes(2), false);
    decoder().sink.finished();
    expect([source, reader]).toEqual([['pause', 'resume'], []]);
    input.data(bytes(3), false);
    input.end(null);
    expect([decoder().log.includes('write 3'), reader]).toEqual([false, ['end -']]);
  });
});

describe('a small body in one piece', () => {
  const whole = () => bytes(7, 8);

  test('is decoded on the spot', () => {
    const { input, reader, decoders } = setup({ length: 2 }, whole);
    input.data(bytes(1, 2), true);
    input.end(null);
    expect([reader, decoders.made]).toEqual([['data 7 8 false', 'end -'], []]);
  });

  test.each<[string, Partial<DecodedBodyInit>, Decoders['decodeWhole'], number]>([
    ['when its length is not known', {}, whole, 2],
    ['when it comes in pieces', { length: 3 }, whole, 2],
    ['when it is not small', { length: 16 * 1024 + 1 }, whole, 16 * 1024 + 1],
    ['when its content is not', { length: 2 }, () => null, 2],
  ])('is not %s', (_name, init, decodeWhole, size) => {
    const { input, decoders } = setup(init, decodeWhole);
    input.data(new Uint8Array(size), false);
    expect(decoders.made).toHaveLength(1);
  });

  test('fails on the spot when it is malformed', () => {
    const { input, reader, source } = setup({ length: 1 }, () => {
      throw new Error('incorrect header check');
    });
    input.data(bytes(1), false);
    input.end(null);
    expect(reader).toEqual(['fail unknown-content: the body is not valid gzip']);
    expect(source).toEqual(['cancel unknown-content']);
  });
});

describe('back-pressure', () => {
  test('of the decoder stops the source until it has drained', () => {
    const { input, source, decoder } = setup();
    input.data(bytes(1), false);
    decoder().takesMore = false;
    input.data(bytes(2), false);
    input.data(bytes(3), false);
    expect(source).toEqual(['pause']);
    decoder().sink.drained();
    expect(source).toEqual(['pause', 'resume']);
  });

  test('of the reader stops decoder and source', () => {
    const { input, source, decoder, decoded } = setup();
    input.data(bytes(1), false);
    decoded.pause();
    expect([source, decoder().log.at(-1)]).toEqual([['pause'], 'pause']);
    decoded.resume();
    expect([source, decoder().log.at(-1)]).toEqual([['pause', 'resume'], 'resume']);
  });

  test('of both ends when both have ended', () => {
    const { input, source, decoder, decoded } = setup();
    input.data(bytes(1), false);
    decoder().takesMore = false;
    input.data(bytes(2), false);
    decoded.pause();
    decoder().sink.drained();
    expect(source).toEqual(['pause']);
    decoded.resume();
    expect(source).toEqual(['pause', 'resume']);
  });

  test('from before the first byte holds a decoder that is made later', () => {
    const { input, source, decoder, decoded } = setup();
    decoded.pause();
    input.data(bytes(1), false);
    expect([source, decoder().log]).toEqual([['pause'], ['pause', 'write 1']]);
  });
});

describe('the end', () => {
  test('by a broken input gives up the source, and nothing follows', () => {
    const { input, reader, source, decoder } = setup();
    input.data(bytes(1), false);
    decoder().sink.broken(new Error('incorrect data check'));
    decoder().sink.decoded(bytes(2));
    decoder().sink.finished();
    input.end(null);
    expect(reader).toEqual(['fail unknown-content: the body is not valid gzip']);
    expect(source).toEqual(['cancel unknown-content']);
    expect(decoder().log).toContain('destroy');
  });

  test('by a source that fails is told as it is, and destroys the decoder', () => {
    const { input, reader, decoder } = setup();
    input.data(bytes(1), false);
    input.fail(new NetworkError('remote-host-closed', 'gone'));
    decoder().sink.broken(new Error('unexpected end of file'));
    expect(reader).toEqual(['fail remote-host-closed: gone']);
    expect(decoder().log).toContain('destroy');
  });

  test('by the reader is silent, and destroys the decoder', () => {
    const { input, decoded, reader, source, decoder } = setup();
    input.data(bytes(1), false);
    decoded.cancel(aborted);
    input.data(bytes(2), false);
    decoder().sink.decoded(bytes(3));
    expect([reader, source]).toEqual([[], ['cancel operation-canceled']]);
    expect(decoder().log).toEqual(['write 1', 'destroy']);
  });
});

describe('a bomb (attack checklist 61)', () => {
  test('is refused when it has grown, and the source is given up', () => {
    const { input, reader, source, decoder } = setup({ threshold: 100 });
    input.data(bytes(1, 2, 3), false);
    decoder().sink.decoded(new Uint8Array(100));
    expect(reader).toHaveLength(1);
    decoder().sink.decoded(new Uint8Array(21));
    expect(reader[1]).toMatch(/^fail unknown-content: .*decompressedSafetyCheckThreshold/);
    expect([reader.length, source]).toEqual([2, ['cancel unknown-content']]);
  });

  test('in two layers is measured by what the network brought', () => {
    const inner = fakeDecoders();
    const outer = fakeDecoders();
    const layers: string[] = [];
    let input!: BodySink;
    const source: ResponseBody = {
      start: (sink) => (input = sink),
      pause: () => {},
      resume: () => {},
      cancel: () => {},
    };
    const rest = {
      coding: 'gzip',
      length: -1,
      isWhole: true,
      threshold: 100,
      url: 'http://origin.test/',
    } as const;
    const middle = new DecodedBody({ ...rest, source, decoders: inner });
    new DecodedBody({ ...rest, source: middle, decoders: outer }).start({
      data: (chunk) => layers.push(`data ${chunk.length}`),
      end: () => layers.push('end'),
      fail: (error) => layers.push(`fail ${error.code}`),
    });
    input.data(bytes(1, 2, 3), false);
    inner.made[0]!.sink.decoded(new Uint8Array(90));
    outer.made[0]!.sink.decoded(new Uint8Array(110));
    outer.made[0]!.sink.decoded(new Uint8Array(11));
    expect(layers).toEqual(['data 110', 'fail unknown-content']);
    expect(inner.made[0]!.log).toContain('destroy');
  });
});
