/** What becomes of requests when their page goes. */
import { expect, inject, test } from 'vitest';
import type { JournalRecord } from '../support/server/journal.ts';
import { openFrame } from './fixtures/frame.ts';

const server = inject('server');

async function journal(id: string, until: string): Promise<JournalRecord> {
  return (await fetch(`${server}/journal?of=${id}&until=${until}`)).json();
}

test('those under way end with it, and the last word of a page (keepalive) arrives as that of fetch does', async () => {
  const ids = Array.from({ length: 5 }, () => crypto.randomUUID());
  const [ours = '', bare = '', ...stalled] = ids;
  const frame = await openFrame('/tab/frame', 'leaving-page');
  frame.contentWindow!.postMessage(
    {
      stalled: stalled.map((id) => `${server}/black-hole?id=${id}`),
      last: [`${server}/count?id=${ours}`, `${server}/count?id=${bare}`],
    },
    '*',
  );
  await Promise.all(stalled.map((id) => journal(id, 'arrived')));
  frame.src = 'about:blank';
  const ends = await Promise.all(stalled.map((id) => journal(id, 'ended')));
  expect(ends.map(({ ended }) => ended)).toEqual(['lost', 'lost', 'lost']);
  for (const id of [bare, ours]) {
    expect(await journal(id, 'ended')).toMatchObject({ requests: 1, received: 'the last word'.length });
  }
  frame.remove();
});
