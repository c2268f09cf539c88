import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/call/request.ts';
import { headersStage } from '../../../src/headers/stage.ts';
import { toRequestBody } from '../../../src/message/request-body.ts';
import { makeExchange, makeRequest, makeResponse, walk } from '../../support/fixtures.ts';

async function sent(request: HttpRequest, userAgent = ''): Promise<HttpRequest> {
  let seen!: HttpRequest;
  const response = makeResponse();
  const next = (passed: HttpRequest) => {
    seen = passed;
    return Promise.resolve(response);
  };
  expect(await walk(headersStage(userAgent), request, next, makeExchange().exchange)).toBe(response);
  return seen;
}

test('a request goes on with its default fields, and is itself unchanged', async () => {
  const request = makeRequest({ method: 'POST', body: toRequestBody('x') });
  const { headers, body, url } = await sent(request, 'me/1');
  expect([headers.get('user-agent'), headers.get('content-type')]).toEqual([
    'me/1',
    'text/plain;charset=UTF-8',
  ]);
  expect([body, url]).toEqual([request.body, request.url]);
  expect(request.headers.size).toBe(0);
});

test('a request that needs none goes on as it is', async () => {
  const request = makeRequest();
  expect(await sent(request)).toBe(request);
});
