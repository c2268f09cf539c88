import { expect, test } from 'vitest';
import type { NetworkError } from '../../../src/error.ts';
import type { ResponseBody } from '../../../src/message/body.ts';
import { bytesBody } from '../../../src/message/bytes-body.ts';
import { platformRedirectStage } from '../../../src/redirect/platform-stage.ts';
import { makeExchange, makeRequest, makeResponse, walk } from '../../support/fixtures.ts';

test.each([
  ['https://origin.test/', 'http://other.test/', true, 'insecure-redirect'],
  ['https://origin.test/', 'https://other.test/', true, null],
  ['http://origin.test/', 'http://other.test/', true, null],
  ['http://origin.test/', 'https://other.test/', true, null],
  ['https://origin.test/', 'http://other.test/', false, null],
])('%s → %s, followed by the platform: %s', async (from, to, redirectedByPlatform, code) => {
  let cancelled: unknown = null;
  const body: ResponseBody = Object.assign(bytesBody(), {
    cancel: (reason: NetworkError) => {
      cancelled = reason;
    },
  });
  const answer = makeResponse({ url: to, redirectedByPlatform, body });
  const { exchange } = makeExchange();
  const response = walk(platformRedirectStage, makeRequest({ url: from }), async () => answer, exchange);
  if (code === null) {
    expect(await response).toBe(answer);
    expect(cancelled).toBeNull();
  } else {
    const error: unknown = await response.catch((reason) => reason);
    expect(error).toMatchObject({ code, status: 200, url: to });
    expect(cancelled).toBe(error);
  }
});
