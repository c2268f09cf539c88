/** The recipes of docs/recipes.md that are for pages do there what they say. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let site: string;
let told: unknown[][];
beforeEach(() => {
  site = `/recipes/${crypto.randomUUID()}/`;
  told = [];
  vi.spyOn(console, 'log').mockImplementation((...words) => void told.push(words));
});
afterEach(() => vi.restoreAllMocks());

const run = (name: string): Promise<unknown> => import(/* @vite-ignore */ `${site}${name}.js`);
const textOf = async (blob: Blob | Response): Promise<string> => blob.text();

test('a download, over a lost connection, and one into a file', async () => {
  const root = await navigator.storage?.getDirectory().catch(() => null);
  const probe = await root?.getFileHandle('probe', { create: true });
  const hasFiles = probe !== undefined && 'createWritable' in probe;
  await root?.removeEntry('probe');

  if (hasFiles) await run('download');
  else await expect(run('download')).rejects.toThrow();

  const blob = told.find(([first]) => String(first).startsWith('blob:'))![0] as string;
  expect(await textOf(await fetch(blob))).toBe('a long report');
  URL.revokeObjectURL(blob);
  const progress = told.filter(([, of]) => of === 'of');
  expect(progress.at(-1)).toEqual([13, 'of', 13]);
  if (!hasFiles) return;
  const film = await root!.getFileHandle('film.mp4');
  expect(await textOf(await film.getFile())).toBe('an old film');
  await root!.removeEntry('film.mp4');
});

test('an upload tells how far it is', async () => {
  await run('upload');
  expect(told.at(-1)).toEqual(['100 %']);
  const response = await fetch(`${site}cat.jpg`);
  expect(response.headers.get('content-type')).toBe('image/jpeg');
  expect((await response.arrayBuffer()).byteLength).toBe(1_000_000);
});
