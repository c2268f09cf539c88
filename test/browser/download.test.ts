/** Downloads of a page: into a Blob, and into a file of the origin private file system. */
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { download, type WritableFileHandle } from '../../platform/browser/download.ts';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import { byteAt } from '../support/byte-at.ts';

const origin = inject('server');
const SIZE = 300_000;
const expected = Uint8Array.from({ length: SIZE }, (_, i) => byteAt(i));
const isRight = async (blob: Blob): Promise<boolean> => {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return bytes.length === SIZE && bytes.every((byte, i) => byte === expected[i]);
};

let manager: NetworkAccessManager;
beforeEach(() => {
  manager = new NetworkAccessManager();
});
afterEach(() => manager.close());

/** A file of its own, or null where the engine has none that can be written like this. */
async function file(): Promise<WritableFileHandle | null> {
  try {
    const root = await navigator.storage.getDirectory();
    const handle = await root.getFileHandle(`file-${crypto.randomUUID()}`, { create: true });
    return 'createWritable' in handle ? (handle as unknown as WritableFileHandle) : null;
  } catch {
    return null;
  }
}

describe.each<[string, () => Promise<WritableFileHandle | null | undefined>]>([
  ['a Blob', async () => undefined],
  ['a file', file],
])('into %s', (_, make) => {
  test('all of it, with its progress', async ({ skip }) => {
    const to = await make();
    if (to === null) skip('no such files in this engine');
    const reply = download(manager, `${origin}/ranges/${SIZE}/${SIZE}`, { to });
    const { blob, bytes, resumed } = await reply.saved;
    expect([await isRight(blob), bytes, resumed, reply.status]).toEqual([true, SIZE, false, 200]);
  });

  test('a digest that is wrong', async ({ skip }) => {
    const to = await make();
    if (to === null) skip('no such files in this engine');
    const digest = '0'.repeat(64);
    const { saved } = download(manager, `${origin}/ranges/${SIZE}/${SIZE}`, { to, digest });
    await expect(saved).rejects.toMatchObject({ code: 'unknown-content' });
    if (to) expect((await to.getFile()).size).toBe(0);
  });

  test('an error, and one that is given up', async ({ skip }) => {
    const to = await make();
    if (to === null) skip('no such files in this engine');
    await expect(download(manager, `${origin}/status/404`, { to }).saved).rejects.toMatchObject({
      status: 404,
    });
    const reply = download(manager, `${origin}/ranges/${SIZE}/${SIZE}`, { to });
    reply.abort();
    await expect(reply.saved).rejects.toMatchObject({ code: 'operation-canceled' });
    if (to) expect((await to.getFile()).size).toBe(0);
  });
});

test('of another origin, which hides codings, a lost connection is a failure and no wrong Blob', async () => {
  const reply = download(manager, `${origin}/ranges/${SIZE}/100000`);
  const failure = await reply.saved.then(
    () => null,
    ({ code }) => code,
  );
  expect(failure).toBe('unknown-network');
});
