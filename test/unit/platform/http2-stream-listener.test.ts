import { EventEmitter } from 'node:events';
import type { ClientHttp2Stream } from 'node:http2';
import { expect, test } from 'vitest';
import {
  type Http2StreamListener,
  listenToBody,
  listenToStream,
} from '../../../platform/node/http/http2-stream-listener.ts';

function recorder(heard: unknown[][]): Http2StreamListener {
  const note = (name: string) => (value?: unknown) => heard.push([name, value]);
  return {
    answered: note('answered'),
    informed: note('informed'),
    trailed: note('trailed'),
    received: note('received'),
    ended: note('ended'),
    closed: note('closed'),
  };
}

test('a stream tells everything until it is closed, and then knows nobody', () => {
  const stream = new EventEmitter() as ClientHttp2Stream;
  const heard: unknown[][] = [];
  const listener = recorder(heard);
  const raw = [':status', '200'];
  listenToStream(stream, listener);
  stream.emit('headers', {}, 0, raw);
  stream.emit('response', {}, 0, raw);
  listenToBody(stream);
  stream.emit('data', Buffer.from('x'));
  stream.emit('trailers', {}, 0, ['a', 'b']);
  stream.emit('end');
  stream.emit('error', new Error('told by close'));
  const chunk = Buffer.from('x');
  expect(heard).toEqual([
    ['informed', raw],
    ['answered', raw],
    ['received', chunk],
    ['trailed', ['a', 'b']],
    ['ended', true],
  ]);

  stream.emit('close');
  expect(heard.splice(0).at(-1)).toEqual(['closed', stream]);
  for (const event of ['headers', 'response', 'data', 'trailers', 'end', 'close']) stream.emit(event);
  expect(heard).toEqual([]);
  const known = Object.getOwnPropertySymbols(stream).map((symbol) => Reflect.get(stream, symbol));
  expect(known).not.toContain(listener);
});
