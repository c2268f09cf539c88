import { expect, test } from 'vitest';
import { PassedResponse } from '../../../src/intercept/passed-response.ts';
import { makeRequest, makeResponse } from '../../support/fixtures.ts';

const native = new Response('native');
const response = makeResponse();
const passed = PassedResponse.of(
  { ...response, body: { ...response.body, takeResponse: () => native } },
  makeRequest().options,
);

test("the platform's own Response stands for a response that is as it was", () => {
  expect(passed.response.body.takeResponse?.()).toBe(native);
});

test.each([
  ['a field', passed.withHeader('x-a', '1')],
  ['no field', passed.withoutHeader('x-a')],
  ['a status', passed.withStatus(203)],
  ['a body', passed.withBody('new')],
])('and not for one with another: %s', (_, changed) => {
  expect(changed.response.body.takeResponse).toBeUndefined();
});
