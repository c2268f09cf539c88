/** What a manager in a page knows of HSTS hosts, across pages and reloads. */
import { afterEach, expect, test } from 'vitest';

type HstsPage = typeof import('./fixtures/hsts-page.ts');

/** Where managers in pages keep it. */
const DATABASE = 'fairlead';

const opened: Frame[] = [];
afterEach(async () => {
  for (const frame of opened.splice(0)) await frame.close();
  await new Promise((resolve) => {
    indexedDB.deleteDatabase(DATABASE).onsuccess = resolve;
  });
});

/** A page in a frame. Its modules are of a realm of their own, which is gone with the page. */
class Frame {
  readonly #element = document.createElement('iframe');

  static async open(): Promise<Frame> {
    const frame = new Frame();
    opened.push(frame);
    frame.#element.src = new URL('./fixtures/blank.html', import.meta.url).href;
    await frame.#loaded(() => document.body.append(frame.#element));
    return frame;
  }

  reload(): Promise<void> {
    return this.#loaded(() => this.#element.contentWindow!.location.reload());
  }

  page(): Promise<HstsPage> {
    const module = new URL('./fixtures/hsts-page.ts', import.meta.url).href;
    const window = this.#element.contentWindow as typeof globalThis & Window;
    // What Vitest makes of a dynamic import asks for this.
    Object.assign(window, {
      __vitest_browser_runner__: { wrapDynamicImport: (load: () => unknown) => load() },
    });
    return window.eval(`import(${JSON.stringify(module)})`);
  }

  async close(): Promise<void> {
    const page = await this.page();
    await page.close();
    expect(page.faults).toEqual([]);
    this.#element.remove();
  }

  #loaded(load: () => void): Promise<void> {
    return new Promise((resolve) => {
      this.#element.addEventListener('load', () => resolve(), { once: true });
      load();
    });
  }
}

test('known hosts survive a reload of the page, whose first request waits for them', async () => {
  const frame = await Frame.open();
  const first = await frame.page();
  await first.stored;
  first.add('example.com');
  await first.close();

  await frame.reload();
  const second = await frame.page();
  expect(await second.requestedFor('http://a.example.com/x')).toBe('https://a.example.com/x');
  expect(await second.requestedFor('http://example.org/')).toBe('http://example.org/');
  expect(second.hosts()).toEqual(['example.com']);
});

test('what one page learns, another one that is open knows', async () => {
  const [one, other] = [await Frame.open(), await Frame.open()];
  const [teacher, pupil] = [await one.page(), await other.page()];
  await Promise.all([teacher.stored, pupil.stored]);
  teacher.add('example.com');
  await expect.poll(() => pupil.hosts()).toEqual(['example.com']);
});
