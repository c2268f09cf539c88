import { afterAll, describe, expect, inject, test } from 'vitest';
import { NetworkAccessManager } from '../../platform/browser/index.ts';
import { NetworkError } from '../../src/error.ts';

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
    const slow = new NetworkAccessManager({ transferTimeout: 300 });
    const response = await slow.fetch(`${origin}/stall`);
    const error = await read(response).then(
      () => null,
      (failure: Error) => failure,
    );
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
});
