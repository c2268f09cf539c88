/** In which pieces, and in whose memory, a client sends a body. */
import { expect, test } from 'vitest';
import { UploadSender } from '../../../../platform/bridge/client/upload-sender.ts';
import { type ClientMessage, REPLY_WINDOW, UPLOAD_PIECE } from '../../../../platform/bridge/protocol.ts';

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
const KIB = 1024;

function sending(sizes: readonly number[], credit = REPLY_WINDOW) {
  const chunks: Uint8Array[] = [];
  const others: ClientMessage[] = [];
  let byte = 0;
  const open = async function* () {
    for (const size of sizes) yield new Uint8Array(size).fill(++byte);
  };
  const body = { length: null, replayable: false, contentType: null, bytes: null, open };
  const sender = new UploadSender(1, 1, body, credit, {
    send: (message) =>
      void (message.type === 'upload-chunk' ? chunks.push(message.chunk) : others.push(message)),
    failed: () => {},
  });
  return { sender, chunks, others };
}

test('a piece is cut at what a message may have, and waits until there is room for all of it', async () => {
  const { sender, chunks, others } = sending([UPLOAD_PIECE + 5, 3000], UPLOAD_PIECE + KIB - 1);
  await settled();
  expect(chunks.map(({ length }) => length)).toEqual([UPLOAD_PIECE]);
  sender.addCredit(1, []);
  await settled();
  expect(chunks.map(({ length }) => length)).toEqual([UPLOAD_PIECE, 5]);
  sender.addCredit(3000, []);
  await settled();
  expect([chunks.map(({ length }) => length), others]).toEqual([
    [UPLOAD_PIECE, 5, 3000],
    [{ type: 'upload-end', id: 1, pass: 1 }],
  ]);
});

test('a piece of a few bytes takes a kibibyte of the window, so that few of them wait', async () => {
  const { sender, chunks } = sending(Array(10).fill(1), 4 * KIB);
  await settled();
  expect(chunks).toHaveLength(4);
  sender.addCredit(2 * KIB, []);
  await settled();
  expect(chunks).toHaveLength(6);
});

test('memory that has come back is used once, for a piece of its size', async () => {
  const { sender, chunks } = sending([KIB, KIB, KIB, KIB, 2 * KIB], KIB);
  await settled();
  const [first] = chunks;
  const other = new Uint8Array(3 * KIB);
  sender.addCredit(2 * KIB, [other, first!]);
  await settled();
  expect(chunks.map((chunk) => chunks.indexOf(chunk))).toEqual([0, 0, 2]);
  expect(chunks[1]).toEqual(new Uint8Array(KIB).fill(2));
  sender.addCredit(3 * KIB, []);
  await settled();
  expect(chunks.map(({ length }) => length)).toEqual([KIB, KIB, KIB, KIB, 2 * KIB]);
  expect(new Set(chunks).size).toBe(4);
});

test('of the memory that comes back without a use little is kept, the last of it', async () => {
  const { sender, chunks } = sending(Array(40).fill(KIB), 0);
  const back = Array.from({ length: 40 }, () => new Uint8Array(KIB));
  sender.addCredit(0, back.slice(20));
  sender.addCredit(0, back.slice(0, 20));
  sender.addCredit(40 * KIB, []);
  await settled();
  const used = back.flatMap((memory, at) => (chunks.includes(memory) ? [at] : []));
  expect(used).toEqual(Array.from(Array(16).keys()));
});
