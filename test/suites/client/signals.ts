import { describe, expect, test } from 'vitest';
import type { NetworkReply, ReplySignals } from '../../../src/index.ts';
import { REPLY_SIGNALS } from '../../../src/reply/reply-signals.ts';
import type { ClientSetup } from '../client.ts';
import { lacks, scene } from './with-client.ts';

/** The signals of a reply as they come, each with its first argument where that is a number or a text. */
function record(reply: NetworkReply, names: Iterable<string> = REPLY_SIGNALS): string[] {
  const seen: string[] = [];
  for (const name of names) {
    reply.on(name as keyof ReplySignals, (...args: unknown[]) => {
      seen.push(
        [name, ...args.filter((arg) => typeof arg === 'number' || typeof arg === 'string')].join(' '),
      );
    });
  }
  return seen;
}

export function describeSignals(name: string, setup: ClientSetup): void {
  describe(`${name}: signals`, () => {
    test.skipIf(lacks(setup, 'connectionTimings'))(
      'come in Qt’s order, those of the client before the reply’s',
      scene(setup, async ({ client, url }) => {
        const reply = client.get(url('/bytes/5'));
        const seen = record(reply);
        client.on('finished', (finished) => seen.push(`client ${finished === reply}`));
        await reply.completed;
        expect(seen).toEqual([
          'socketStartedConnecting',
          'requestSent',
          'metaDataChanged',
          'readyRead',
          'downloadProgress 5 5',
          'readChannelFinished',
          'client true',
          'finished',
        ]);
      }),
    );

    test(
      'nothing is told before the caller had a turn',
      scene(setup, async ({ client, url }) => {
        let told = false;
        const reply = client.get(url('/hello'));
        reply.on('finished', () => {
          told = true;
        });
        expect(told).toBe(false);
        await reply.completed;
        expect(told).toBe(true);
      }),
    );

    test.skipIf(lacks(setup, 'uploadProgress'))(
      'of an upload tell all of it, in order and to the end',
      scene(setup, async ({ client, url }) => {
        const size = 1_000_000;
        const request = { url: url('/count'), emitAllUploadProgressSignals: true };
        const reply = client.post(request, new Uint8Array(size));
        const seen: number[] = [];
        reply.on('uploadProgress', (sent, total) => {
          expect(total).toBe(size);
          seen.push(sent);
        });
        await reply.completed;
        expect(seen.length).toBeGreaterThan(1);
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
        expect(seen.at(-1)).toBe(size);
      }),
    );

    test(
      'of a download tell the sum and the total',
      scene(setup, async ({ client, url }) => {
        const reply = client.get(url('/bytes/300000'));
        const totals: number[] = [];
        let last = 0;
        reply.on('downloadProgress', (received, total) => {
          expect(received).toBeGreaterThanOrEqual(last);
          last = received;
          totals.push(total);
        });
        await reply.bytes();
        expect([last, totals.at(-1)]).toEqual([300_000, 300_000]);
      }),
    );

    test(
      'of an error come before finished, once',
      scene(setup, async ({ client, url }) => {
        const reply = client.get(url('/status/404'));
        const seen = record(reply, ['errorOccurred', 'readChannelFinished', 'finished']);
        await reply.completed.catch(() => {});
        expect(seen).toEqual(['errorOccurred', 'readChannelFinished', 'finished']);
        expect(reply.error?.code).toBe('content-not-found');
      }),
    );

    test.skipIf(lacks(setup, 'informational', 'trailers'))(
      'tell of informational responses and of trailers',
      scene(setup, async ({ client, url }) => {
        const hints = client.get(url('/informational'));
        const seen = record(hints, ['informational']);
        await hints.completed;
        expect(seen).toEqual(['informational 102', 'informational 103']);
        const reply = await client.get(url('/trailers')).completed;
        expect(reply.trailers?.getAll('x-checksum')).toEqual(['one', 'two']);
      }),
    );

    test.skipIf(lacks(setup, 'connectionTimings'))(
      'the phases are timed where the manager is',
      scene(setup, async ({ client, url }) => {
        const before = Date.now();
        const reply = await client.get(url('/bytes/100000')).completed;
        const { created, dequeued, connectEnd, requestSent, responseStart, responseEnd } = reply.timings!;
        const inOrder = [created, dequeued, connectEnd, requestSent, responseStart, responseEnd];
        expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
        expect(created).toBeGreaterThan(before - 1000);
      }),
    );

    test(
      'readyRead tells what can be read the Qt way',
      scene(setup, async ({ client, url }) => {
        const reply = client.get(url('/bytes/200000'));
        let read = 0;
        reply.on('readyRead', () => {
          read += reply.read(1000).length;
          read += reply.readAll().length;
          expect(reply.bytesAvailable).toBe(0);
        });
        await reply.completed;
        expect(read).toBe(200_000);
      }),
    );
  });
}
