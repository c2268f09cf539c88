import { describe, expect, test } from 'vitest';
import { readClientMessage } from '../../../../platform/bridge/owner/client-messages.ts';
import { MalformedMessage, plainMessages } from '../../../../platform/bridge/owner/plain-copy.ts';
import { UPLOAD_PIECE } from '../../../../platform/bridge/protocol.ts';

const MOST = 2 * 1024 * 1024;
const REQUEST = {
  type: 'request',
  id: 1,
  method: 'GET',
  url: 'https://example.com/',
  headers: ['a', 'b'],
  options: { priority: 'low' },
  body: null,
};
const BODY = { length: 3, replayable: true, contentType: null, bytes: new Uint8Array(3) };
const CREDIT = { type: 'credit', id: 1, bytes: 5, isUnread: false };

const readPost = (post: unknown, most: number) =>
  plainMessages(post, most).map(({ message }) => readClientMessage(message));

test('what a client says is read, as own properties, and inherits nothing', () => {
  const [request, credit] = readPost([{ ...REQUEST, body: BODY }, CREDIT], MOST);
  expect(request).toMatchObject({ ...REQUEST, body: BODY });
  const { options } = request as { options: object };
  for (const name of [...Object.getOwnPropertyNames(Object.prototype), 'then'])
    expect([name, name in options]).toEqual([name, false]);
  // Nobody can add to what they have in common.
  expect(Object.isFrozen(Object.getPrototypeOf(options))).toBe(true);
  expect(credit).toEqual(CREDIT);
});

test('bytes are alone in their memory: what shares it in a post is copied', () => {
  const memory = new Uint8Array(8).fill(7);
  const alone = new Uint8Array(4).fill(7);
  const shared = [memory, memory, memory.subarray(2), alone.subarray(1), new Uint8Array(0)];
  const posted = structuredClone([{ shared, memory }, alone]);
  const [{ shared: read, memory: again }, last] = plainMessages(posted, MOST).map(
    ({ message }) => message,
  ) as [{ shared: Uint8Array[]; memory: Uint8Array }, Uint8Array];
  const all = [...read, again, last];
  expect(all.map(({ length }) => length)).toEqual([8, 8, 6, 3, 0, 8, 4]);
  expect(all.every((bytes) => bytes.every((byte) => byte === 7))).toBe(true);
  expect(all.every(({ length, buffer }) => length === buffer.byteLength)).toBe(true);
  expect(new Set(all.map(({ buffer }) => buffer)).size).toBe(all.length);
  // What nothing else looks at is not copied.
  expect(read[0]).toBe((posted[0] as { memory: Uint8Array }).memory);
});

describe('malformed is', () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  test.each<[string, unknown]>([
    ['no list', REQUEST],
    ['null, as a transfer to Electron’s main process arrives', null],
    ['a message of no type', [{}]],
    ['an unknown type', [{ type: 'eval', code: '1' }]],
    ['a type of Object.prototype', [{ type: 'constructor' }]],
    ['a call of a method that there is not', [{ type: 'call', id: 1, method: 'cookies.eat', given: [] }]],
    ['a call of a name of Object.prototype', [{ type: 'call', id: 1, method: 'constructor', given: [] }]],
    ['a call with too much', [{ type: 'call', id: 1, method: 'cache.clear', given: [1] }]],
    ['a call with too little', [{ type: 'call', id: 1, method: 'cookies.get', given: [] }]],
    [
      'a cookie with a name too many',
      [{ type: 'call', id: 1, method: 'cookies.set', given: [{ name: '', value: '', more: 1 }, 'x'] }],
    ],
    ['a name too many', [{ ...CREDIT, more: 1 }]],
    ['a name too few', [{ type: 'credit', id: 1 }]],
    ['an id of 0', [{ ...REQUEST, id: 0 }]],
    ['an id of 1.5', [{ ...REQUEST, id: 1.5 }]],
    ['an id that is a text', [{ ...REQUEST, id: '1' }]],
    ['bytes below 0', [{ ...CREDIT, bytes: -1 }]],
    ['bytes that are no number', [{ ...CREDIT, bytes: Number.NaN }]],
    ['bytes without end', [{ ...CREDIT, bytes: Number.POSITIVE_INFINITY }]],
    ['a body of another length', [{ ...REQUEST, body: { ...BODY, length: 4 } }]],
    ['a body of no length', [{ ...REQUEST, body: { ...BODY, length: null } }]],
    ['a Content-Type that is none', [{ ...REQUEST, body: { ...BODY, contentType: 'a\r\nb' } }]],
    ['half a field', [{ ...REQUEST, headers: ['a'] }]],
    ['a field that is no text', [{ ...REQUEST, headers: ['a', 1] }]],
    ['fields as an object', [{ ...REQUEST, headers: { a: 'b' } }]],
    ['options that are a list', [{ ...REQUEST, options: [] }]],
    ['a Map of options', [{ ...REQUEST, options: new Map() }]],
    ['a Date', [{ ...REQUEST, url: new Date() }]],
    [
      'a body of shared memory',
      [{ type: 'upload-chunk', id: 1, pass: 1, chunk: new Uint8Array(new SharedArrayBuffer(4)) }],
    ],
    ['a chunk of words', [{ type: 'upload-chunk', id: 1, pass: 1, chunk: new Uint16Array(4) }]],
    [
      'a chunk that is too large',
      [{ type: 'upload-chunk', id: 1, pass: 1, chunk: new Uint8Array(UPLOAD_PIECE + 1) }],
    ],
    ...[{}, { allowed: 'yes' }, { ignored: 1 }, { credentials: 5 }, { allowed: true, more: 1 }].map(
      (answer): [string, unknown] => [
        `the answer ${JSON.stringify(answer)}`,
        [{ type: 'answer', id: 1, question: 1, answered: { answer, error: null } }],
      ],
    ),
    ['an answer of nothing', [{ type: 'answer', id: 1, question: 1, answered: {} }]],
    ['an operation beside its method', [{ ...REQUEST, operation: 'delete' }]],
    [
      'a byte of much memory',
      [{ type: 'upload-chunk', id: 1, pass: 1, chunk: new Uint8Array(new ArrayBuffer(MOST), 0, 1) }],
    ],
    ['a bigint', [{ ...CREDIT, bytes: 5n }]],
    ['a circle', cyclic],
    ['a deep list', [JSON.parse(`${'['.repeat(50)}${']'.repeat(50)}`)]],
    ['more text than it may have', [{ ...REQUEST, url: 'x'.repeat(MOST) }]],
    ['more messages than it may have', new Array(MOST).fill(0)],
    ['holes', new Array(2 ** 30)],
  ])('%s', (_name, post) => {
    expect(() => readPost(post, MOST)).toThrow(MalformedMessage);
  });

  test('what only Object.prototype says', () => {
    Object.assign(Object.prototype, { isUnread: false });
    try {
      expect(() => readPost([{ type: 'credit', id: 1, bytes: 5 }], MOST)).toThrow(MalformedMessage);
    } finally {
      Reflect.deleteProperty(Object.prototype, 'isUnread');
    }
  });
});
