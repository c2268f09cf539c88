import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../../src/call/request.ts';
import { blockedPortsStage, fetchStage } from '../../../src/headers/fetch-fields.ts';
import { fetchWords } from '../../../src/message/fetch-words.ts';
import { makeExchange, makeRequest } from '../../support/fixtures.ts';

const FETCH = { fetch: fetchWords({}) };
const outcomeOf = (stage: typeof fetchStage, request: HttpRequest): unknown => {
  try {
    return (stage.outgoing!(request, makeExchange().exchange) as HttpRequest).url.href;
  } catch (error) {
    return error;
  }
};

describe.each([
  ['where nothing else is ours', blockedPortsStage],
  ['where all of a fetch is', fetchStage],
])('the ports that no fetch may ask, %s', (_where, stage) => {
  test.each(['http://a.test:6000/#f', 'https://a.test:22/'])('%s', (url) => {
    expect(outcomeOf(stage, makeRequest({ url, options: FETCH }))).toMatchObject({
      code: 'protocol-invalid-operation',
      message: expect.stringMatching(/^port \d+ is blocked for fetch$/),
      url: url.replace('#f', ''),
    });
    expect(outcomeOf(stage, makeRequest({ url }))).toBe(url);
  });

  test.each(['http://a.test/', 'http://a.test:8080/', 'unix+http://a.test:22/'])('others: %s', (url) => {
    expect(outcomeOf(stage, makeRequest({ url, options: FETCH }))).toBe(url);
  });
});
