import { describe, expect, test, vi } from 'vitest';
import type { ReplyEvent } from '../../../src/call/reply-event.ts';
import type { NetworkError } from '../../../src/error.ts';
import type { RequestOptions } from '../../../src/options/options.ts';
import type { NetworkReply } from '../../../src/reply/reply.ts';
import { HIGH_WATER_MARK } from '../../../src/reply/reply-body.ts';
import { copyBytes } from '../../../src/util/bytes.ts';
import { data, END, failed, head, type ScriptedSource, scriptedReply } from './scripted-reply.ts';

vi.mock('../../../src/util/bytes.ts', async (load) => {
  const bytes = await load<typeof import('../../../src/util/bytes.ts')>();
  return { ...bytes, copyBytes: vi.fn(bytes.copyBytes) };
});

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('reading the Qt way', () => {
  test('read gives what is there, across chunks, and is empty without', async () => {
    const { reply, source } = await scriptedReply();
    source.tell(head(), data('abc'), data('def'));
    expect(reply.bytesAvailable).toBe(6);
    expect(text(reply.read(2))).toBe('ab');
    expect(text(reply.read(3))).toBe('cde');
    expect(text(reply.readAll())).toBe('f');
    expect(reply.readAll()).toHaveLength(0);
    source.tell(data('g'), END);
    expect(text(reply.readAll())).toBe('g');
  });

  test('lent chunks are copied, others are handed over', async () => {
    const { reply, source } = await scriptedReply();
    const chunk = new TextEncoder().encode('abc');
    source.tell(head(), { type: 'data', chunk, lent: true });
    chunk.fill(0);
    expect(text(reply.readAll())).toBe('abc');
    const owned = new TextEncoder().encode('def');
    source.tell({ type: 'data', chunk: owned, lent: false });
    expect(reply.readAll()).toBe(owned);
  });

  test('readBufferSize stops the network and reading lets it go on', async () => {
    const { reply, source } = await scriptedReply({ readBufferSize: 4 });
    source.tell(head(), data('abc'));
    expect(source.calls).toEqual(['start']);
    source.tell(data('de'));
    expect(source.calls).toEqual(['start', 'pause']);
    reply.read(1);
    expect(source.calls).toEqual(['start', 'pause']);
    reply.read(1);
    expect(source.calls).toEqual(['start', 'pause', 'resume']);
    reply.readBufferSize = 2;
    expect(source.calls.at(-1)).toBe('pause');
    reply.readBufferSize = 0;
    expect(source.calls.at(-1)).toBe('resume');
    expect(() => {
      reply.readBufferSize = -1;
    }).toThrow(TypeError);
  });

  test('what arrived before a failure stays readable', async () => {
    const { reply, source } = await scriptedReply();
    source.tell(head(), data('abc'), failed('remote-host-closed', 'x'));
    expect(text(reply.readAll())).toBe('abc');
  });
});

describe('one reader', () => {
  test.each(['text', 'bytes', 'json', 'blob'] as const)('%s after text is a TypeError', async (helper) => {
    const { reply, source } = await scriptedReply();
    source.tell(head(), data('1'), END);
    await reply.text();
    await expect(reply[helper]()).rejects.toThrow(TypeError);
  });

  test('read after iteration, iteration after read, and a stream after text', async () => {
    const first = await scriptedReply();
    first.source.tell(head(), data('1'), END);
    for await (const chunk of first.reply) expect(text(chunk)).toBe('1');
    expect(() => first.reply.read(1)).toThrow(/for await/);

    const second = await scriptedReply();
    second.source.tell(head(), data('1'), END);
    second.reply.read(1);
    await expect(second.reply[Symbol.asyncIterator]().next()).rejects.toThrow(TypeError);

    const third = await scriptedReply();
    third.source.tell(head(), data('1'), END);
    const response = await third.reply.response;
    await third.reply.text();
    await expect(response.text()).rejects.toThrow(TypeError);
  });
});

describe('iteration', () => {
  test('pauses the network at the high-water mark', async () => {
    const { reply, source } = await scriptedReply();
    const chunks = reply[Symbol.asyncIterator]();
    source.tell(head());
    const first = chunks.next();
    await new Promise((resolve) => setTimeout(resolve));
    const chunk = new Uint8Array(HIGH_WATER_MARK);
    source.tell({ type: 'data', chunk, lent: false });
    expect((await first).value).toHaveLength(HIGH_WATER_MARK);
    source.tell({ type: 'data', chunk, lent: false });
    expect(source.calls).toEqual(['start', 'pause']);
    await chunks.next();
    expect(source.calls).toEqual(['start', 'pause', 'resume']);
  });

  test('takes chunks in order that arrive while the network is told to go on', async () => {
    const { reply, source } = await scriptedReply({ readBufferSize: 2 });
    const late = [data('cd'), data('e'), END];
    source.resume = () => source.tell(...late.splice(0, 1));
    source.tell(head(), data('ab'));
    let whole = '';
    for await (const chunk of reply) {
      whole += text(chunk);
      if (late.length < 3) source.tell(...late.splice(0));
    }
    expect(whole).toBe('abcde');
  });

  test('leaving the loop aborts, failing throws after what arrived', async () => {
    const left = await scriptedReply();
    left.source.tell(head(), data('1'), data('2'));
    for await (const _ of left.reply) break;
    expect(left.reply.error).toMatchObject({ code: 'operation-canceled' });

    const cut = await scriptedReply();
    const seen: string[] = [];
    cut.source.tell(head(), data('1'), failed('remote-host-closed', 'cut'));
    await expect(async () => {
      for await (const chunk of cut.reply) seen.push(text(chunk));
    }).rejects.toThrow('cut');
    expect(seen).toEqual(['1']);
  });

  test('an abort while it waits rejects', async () => {
    const { reply, source } = await scriptedReply();
    source.tell(head());
    const next = reply[Symbol.asyncIterator]().next();
    await Promise.resolve();
    reply.abort();
    await expect(next).rejects.toMatchObject({ code: 'operation-canceled' });
  });
});

describe('promises', () => {
  test('text, json, blob, completed', async () => {
    const { reply, source } = await scriptedReply();
    const blob = reply.blob();
    const completed = reply.completed;
    source.tell(head(), data('{"a":'), data('1}', true), END);
    expect(await (await blob).text()).toBe('{"a":1}');
    expect(await completed).toBe(reply);
  });

  test('a broken sequence and a BOM decode as in WHATWG', async () => {
    const { reply, source } = await scriptedReply();
    source.tell(
      head(),
      { type: 'data', chunk: new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 0xff]), lent: false },
      END,
    );
    expect(await reply.text()).toBe('a\ufffd');
  });

  test('a 404 rejects with status, headers but for cookies, and a bounded body, unless told not to', async () => {
    const strict = await scriptedReply();
    const headers = ['x-a', '1', 'set-cookie', 'sid=secret'];
    strict.source.tell(head({ status: 404, reason: 'Not Found', headers }), data('why'), END);
    const error: NetworkError = await strict.reply.text().catch((reason) => reason);
    expect(error).toMatchObject({ code: 'content-not-found', status: 404, headers: [['x-a', '1']] });
    expect(text(error.body!)).toBe('why');
    await expect(strict.reply.completed).rejects.toMatchObject({ code: 'content-not-found' });

    const lax = await scriptedReply({ throwHttpErrors: false });
    lax.source.tell(head({ status: 404 }), data('why'), END);
    expect(await lax.reply.text()).toBe('why');
    await lax.reply.completed;
    expect(lax.reply.error).toMatchObject({ code: 'content-not-found' });
  });

  test('the error of a 404 takes its body from nobody', async () => {
    const { reply, source } = await scriptedReply();
    const iterator = reply[Symbol.asyncIterator]();
    const first = iterator.next();
    const errors = [reply.completed, reply.completed].map((promise) => promise.catch((error) => error));
    source.tell(head({ status: 404 }), data('one'), data('two'), END);
    for (const error of await Promise.all(errors)) expect(text(error.body)).toContain('two');
    expect(text((await first).value!)).toBe('one');
    expect(text((await iterator.next()).value!)).toBe('two');
    expect((await iterator.next()).done).toBe(true);

    const both = await scriptedReply();
    const helper = both.reply.text().catch((error) => error);
    const completed = both.reply.completed.catch((error) => error);
    both.source.tell(head({ status: 404 }), data('why'), END);
    expect(text((await helper).body)).toBe('why');
    expect(text((await completed).body)).toBe('why');
  });

  test('readBufferSize does not stop a body that is collected', async () => {
    const { reply, source } = await scriptedReply();
    const whole = reply.text();
    reply.readBufferSize = 2;
    source.tell(head(), data('abc'), data('def'), END);
    expect(source.calls).toEqual(['start']);
    expect(await whole).toBe('abcdef');
  });

  test('throwHttpErrors does not hide a failure', async () => {
    const { reply, source } = await scriptedReply({ throwHttpErrors: false });
    source.tell(head({ status: 404 }), failed('remote-host-closed', 'x'));
    await expect(reply.text()).rejects.toMatchObject({ code: 'remote-host-closed' });
  });

  test('json that is none, and json that does not fit, are unknown-content', async () => {
    const broken = await scriptedReply();
    broken.source.tell(head(), data('{'), END);
    await expect(broken.reply.json()).rejects.toMatchObject({ code: 'unknown-content' });

    const schema = {
      '~standard': {
        version: 1 as const,
        validate: (value: unknown) =>
          typeof value === 'number' ? { value: value * 2 } : { issues: [{ message: 'expected a number' }] },
      },
    };
    const fits = await scriptedReply();
    fits.source.tell(head(), data('21'), END);
    const answer: number = await fits.reply.json(schema);
    expect(answer).toBe(42);
    const misfit = await scriptedReply();
    misfit.source.tell(head(), data('"x"'), END);
    await expect(misfit.reply.json(schema)).rejects.toThrow(/expected a number/);
  });

  test('response comes with the head, for a 404 too, and is memoised', async () => {
    const { reply, source } = await scriptedReply();
    const pending = reply.response;
    source.tell(head({ status: 404, reason: 'Not Found', url: 'http://origin.test/x#f' }));
    const response = await pending;
    expect(response).toMatchObject({
      status: 404,
      statusText: 'Not Found',
      ok: false,
      url: 'http://origin.test/x',
      redirected: false,
    });
    expect(await reply.response).toBe(response);
    source.tell(data('a'), data('b'), END);
    expect(await response.text()).toBe('ab');
  });

  test('response of a 204 has no body, of a failure rejects, and cancelling its body aborts', async () => {
    const empty = await scriptedReply();
    empty.source.tell(head({ status: 204 }), END);
    expect((await empty.reply.response).body).toBeNull();

    const late = await scriptedReply();
    const pending = late.reply.response;
    late.source.tell(failed('timeout', 'x'));
    await expect(pending).rejects.toMatchObject({ code: 'timeout' });

    const cancelled = await scriptedReply();
    cancelled.source.tell(head(), data('a'));
    await (await cancelled.reply.response).body?.cancel();
    expect(cancelled.reply.error).toMatchObject({ code: 'operation-canceled' });
  });

  test('nobody who only listens meets an unhandled rejection', async () => {
    const rejections: unknown[] = [];
    const listener = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', listener);
    const { reply, source } = await scriptedReply();
    reply.on('finished', () => {});
    source.tell(failed('timeout', 'x'));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', listener);
    expect(rejections).toEqual([]);
  });
});

describe('a body that is lent in one piece', () => {
  const fill = (chunk: Uint8Array): ReplyEvent => ({ type: 'data', chunk, lent: true });
  /** Tells the whole body, lent, and overwrites it after the call. Gives how often bytes were copied. */
  function lend(source: ScriptedSource, ...events: ReplyEvent[]): number {
    vi.mocked(copyBytes).mockClear();
    const chunk = new TextEncoder().encode('[1]');
    source.tell(fill(chunk), ...events);
    chunk.fill(0);
    return vi.mocked(copyBytes).mock.calls.length;
  }
  async function unheard(options: Partial<RequestOptions> = {}) {
    const made = await scriptedReply(options);
    made.reply.removeAllListeners('readyRead');
    return made;
  }

  test.each<[string, (reply: NetworkReply) => Promise<unknown>, unknown]>([
    ['text', (reply) => reply.text(), '[1]'],
    ['json', (reply) => reply.json(), [1]],
    ['blob', async (reply) => (await reply.blob()).text(), '[1]'],
  ])('is not copied for %s', async (_name, read, expected) => {
    const { reply, source } = await unheard();
    const { completed } = reply;
    const result = read(reply);
    source.tell(head({ total: 3 }));
    expect(lend(source, END)).toBe(0);
    expect(await result).toEqual(expected);
    expect(await completed).toBe(reply);
    await expect(reply.text()).rejects.toThrow(/is taken/);
  });

  test('is copied for bytes', async () => {
    const { reply, source } = await unheard();
    const result = reply.bytes();
    source.tell(head({ total: 3 }));
    expect(lend(source, END)).toBe(1);
    expect(text(await result)).toBe('[1]');
  });

  test('is copied when it was not the whole, or not known to be', async () => {
    for (const total of [-1, 6]) {
      const { reply, source } = await unheard();
      const result = reply.text();
      source.tell(head({ total }));
      expect(lend(source)).toBe(1);
      source.tell(data(',2 '), END);
      expect(await result).toBe('[1],2 ');
    }
  });

  test('is there for listeners of readyRead', async () => {
    const { reply, source } = await unheard();
    const available: number[] = [];
    reply.on('readyRead', () => available.push(reply.bytesAvailable));
    const result = reply.text();
    source.tell(head({ total: 3 }));
    lend(source, END);
    expect(available).toEqual([3]);
    expect(await result).toBe('[1]');
  });

  test('is on the error of a status', async () => {
    const { reply, source } = await unheard();
    const result = reply.text().catch((error: NetworkError) => text(error.body!));
    source.tell(head({ status: 404, total: 3 }));
    lend(source, END);
    expect(await result).toBe('[1]');
  });

  test('does not hide that the transfer fails after it', async () => {
    const { reply, source } = await unheard();
    const result = reply.text();
    source.tell(head({ total: 3 }));
    lend(source, failed('protocol-failure', 'x'));
    await expect(result).rejects.toMatchObject({ code: 'protocol-failure' });
  });
});

describe('autoDeleteReplies', () => {
  test('one turn after finished the reply lets go', async () => {
    const { reply, source, clock } = await scriptedReply({ autoDeleteReplies: true });
    source.tell(head(), data('abc'), END);
    expect(reply.bytesAvailable).toBe(3);
    clock.advance(0);
    expect(reply.bytesAvailable).toBe(0);
    expect(reply.listenerCount('finished')).toBe(0);
    expect(() => reply.readAll()).toThrow(/autoDeleteReplies/);
    await expect(reply.text()).rejects.toThrow(/autoDeleteReplies/);
  });
});
