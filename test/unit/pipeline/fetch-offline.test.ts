import { expect, test, vi } from 'vitest';
import { browserFetchCapabilities } from '../../../platform/common/fetch-transport-capabilities.ts';
import { fetchSources } from '../../../src/pipeline/fetch-sources.ts';
import type { HttpResponse } from '../../../src/pipeline/stage.ts';
import { NetworkReply } from '../../../src/reply/reply.ts';
import { DEFAULT_OPTIONS } from '../../../src/resolve-options.ts';
import { makeRequest, makeResponse } from '../../support/fixtures.ts';

const lost = new Error('offline');
let isLost = true;
vi.mock('../../../src/pipeline/load-rare.ts', () => ({
  loadRare: async () => {
    if (isLost) throw lost;
    return import('../../../src/pipeline/rare.ts');
  },
}));

test('when the queue cannot be loaded, those who wait for it fail, and the others go on', async () => {
  const options = { ...DEFAULT_OPTIONS, connectionsPerHost: 1 };
  const answers: ((response: HttpResponse) => void)[] = [];
  const source = fetchSources()({
    options,
    defaults: DEFAULT_OPTIONS,
    transport: {
      capabilities: browserFetchCapabilities,
      send: () => new Promise((answer) => answers.push(answer)),
      close: async () => {},
    },
    schemes: new Map(),
  });
  const get = (): NetworkReply =>
    NetworkReply.create({ operation: 'get', request: makeRequest({ options }), source });

  const first = get();
  for (const waiting of [get(), get()])
    await expect(waiting.text()).rejects.toMatchObject({ code: 'unknown-content', cause: lost });
  answers[0]!(makeResponse());
  await first.completed;
  const second = get();
  await Promise.resolve();
  isLost = false;
  const third = get();
  await vi.waitFor(() => expect(answers).toHaveLength(2));
  answers[1]!(makeResponse());
  await second.completed;
  await vi.waitFor(() => expect(answers).toHaveLength(3));
  answers[2]!(makeResponse());
  await third.completed;
});
