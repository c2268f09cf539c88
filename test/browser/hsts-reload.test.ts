import { expect, test } from 'vitest';

type HstsPage = typeof import('./fixtures/hsts-page.ts');

test('known HSTS hosts survive a reload of the page', async () => {
  const database = `fairlead-test-${crypto.randomUUID()}`;
  const frame = document.createElement('iframe');
  const loaded = (): Promise<unknown> =>
    new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  const module = new URL('./fixtures/hsts-page.ts', import.meta.url).href;
  /** The module as the page in the frame has it: a realm of its own, gone with the page. */
  const page = (): Promise<HstsPage> =>
    (frame.contentWindow as typeof globalThis & Window).eval(`import(${JSON.stringify(module)})`);

  frame.src = new URL('./fixtures/blank.html', import.meta.url).href;
  const first = loaded();
  document.body.append(frame);
  await first;
  await (await page()).note(database, 'example.com');

  const second = loaded();
  frame.contentWindow!.location.reload();
  await second;
  const { isKnown } = await page();
  expect(await isKnown(database, 'a.example.com')).toBe(true);
  expect(await isKnown(database, 'example.org')).toBe(false);
  frame.remove();
  indexedDB.deleteDatabase(database);
});
