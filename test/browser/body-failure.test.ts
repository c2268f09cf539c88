import { afterAll, describe, expect, inject, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import { NetworkError } from '../../src/error.ts';
import { FakeClock } from '../support/fixtures.ts';

const origin = inject('server');

const HELPERS: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  arrayBuffer: (response) => response.arrayBuffer(),
  blob: (response) => response.blob(),
  formData: (response) => response.formData(),
  'text of a clone': (response) => response.clone().text(),
  'a reader': async (response) => {
    const reader = response.body!.getReader();
    while (!(await reader.read()).done);
  },
};

describe('what a body of fetch fails with', () => {
  const manager = new NetworkAccessManager();
  afterAll(() => manager.close());

  test.each(Object.entries(HELPERS))('%s of one that times out', async (_name, read) => {
    // Time passes when the head is there, however long that takes.
    const clock = new FakeClock();
    const slow = new NetworkAccessManager({ transferTimeout: 300, clock });
    const reading = read(await slow.fetch(`${origin}/stall`)).then(
      () => null,
      (failure: Error) => failure,
    );
    clock.advance(300);
    const error = await reading;
    expect([error?.name, error?.cause instanceof NetworkError]).toEqual(['TypeError', true]);
    await slow.close();
  });

  test.each(Object.entries(HELPERS))('%s of one that is aborted', async (_name, read) => {
    const controller = new AbortController();
    const response = await manager.fetch(`${origin}/stall`, { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    const error = await read(response).then(
      () => null,
      (failure: Error) => failure,
    );
    // The Response is the browser's own: of a clone, WebKit does not say that it was aborted.
    const bare = new AbortController();
    const own = await fetch(`${origin}/stall`, { signal: bare.signal });
    setTimeout(() => bare.abort(), 50);
    expect(error?.name).toBe(await read(own).catch((failure: Error) => failure.name));
  });

  test.each(['close', 'clearConnectionCache'] as const)(
    'a reader of one when %s() is called',
    async (end) => {
      const ended = new NetworkAccessManager();
      const response = await ended.fetch(`${origin}/stall`);
      const clone = response.clone();
      const failures = [response, clone].map((one) =>
        HELPERS['a reader']!(one).catch((error: Error) => error),
      );
      await ended[end]();
      // WebKit says AbortError, whatever it was aborted with.
      for (const error of await Promise.all(failures)) {
        const { name, cause } = error as Error;
        if (name !== 'AbortError') expect(cause).toMatchObject({ code: 'operation-canceled' });
      }
    },
  );

  test('what a manager makes after its connections were cleared is not ended', async () => {
    manager.clearConnectionCache();
    expect(await (await manager.fetch(`${origin}/hello`)).text()).toBe('hello');
  });
});
