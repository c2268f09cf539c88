import { describe, expect, test } from 'vitest';
import { ERROR_BODY_LIMIT } from '../../../src/error.ts';
import { COLLECTED_LIMIT } from '../../../src/message/collect-response.ts';
import { bodyTooLarge, judgeBody } from '../../../src/reply/body-limit.ts';
import { makeRequest } from '../../support/fixtures.ts';

describe('what becomes of a body', () => {
  const over = COLLECTED_LIMIT + 1;
  type State = Partial<Parameters<typeof judgeBody>[0]>;
  type Limits = Partial<Parameters<typeof judgeBody>[1]>;
  test.each<[string, State, Limits, string]>([
    ['of any length, which is read as it arrives', { received: 1e12 }, {}, 'take'],
    ['that waits unread, as much as may', { received: 1e12, unread: COLLECTED_LIMIT }, {}, 'take'],
    ['that waits unread, more than may', { unread: over }, {}, 'refuse'],
    ['that is collected, as much as may', { isCollected: true, received: COLLECTED_LIMIT }, {}, 'take'],
    ['that is collected, more than may', { isCollected: true, received: over }, {}, 'refuse'],
    ['that is collected, announced larger', { isCollected: true, received: 1, total: over }, {}, 'refuse'],
    ['that is announced and read as it arrives', { received: 1, total: over }, {}, 'take'],
    ['as large as the option says', { received: 10, total: 10 }, { maximumBodySize: 10 }, 'take'],
    ['larger than the option says', { received: 11 }, { maximumBodySize: 10 }, 'refuse'],
    ['announced larger than that', { received: 1, total: 11 }, { maximumBodySize: 10 }, 'refuse'],
    ['without a limit', { isCollected: true, received: over }, { maximumBodySize: Infinity }, 'take'],
    [
      'of a 404 that is collected',
      { status: 404, isCollected: true, received: ERROR_BODY_LIMIT - 1 },
      {},
      'take',
    ],
    [
      'of one beyond what is kept',
      { status: 404, isCollected: true, received: ERROR_BODY_LIMIT },
      {},
      'settle',
    ],
    ['of one announced large', { status: 500, isCollected: true, received: 1, total: over }, {}, 'take'],
    ['of one that is read as it arrives', { status: 404, received: 1e9 }, {}, 'take'],
    [
      'of one that is wanted',
      { status: 404, isCollected: true, received: 1e6 },
      { throwHttpErrors: false },
      'take',
    ],
    [
      'of one that is wanted, and endless',
      { status: 404, isCollected: true, received: over },
      { throwHttpErrors: false },
      'refuse',
    ],
  ])('%s', (_name, state, limits, expected) => {
    const unknown = { status: 200, received: 0, total: -1, unread: 0, isCollected: false };
    expect(
      judgeBody({ ...unknown, ...state }, { maximumBodySize: null, throwHttpErrors: true, ...limits }),
    ).toBe(expected);
  });
});

test.each([
  [null, 'GET http://origin.test/: the body is larger than the 268435456 bytes that are kept in memory'],
  [10, 'GET http://origin.test/: the body is larger than the 10 bytes of maximumBodySize'],
])('the error names the option, with %s', (maximumBodySize, message) => {
  const error = bodyTooLarge(makeRequest({ options: { maximumBodySize } }), 200);
  expect(error).toMatchObject({ code: 'unknown-content', status: 200 });
  expect(error.message).toContain(message);
  expect(error.message).toContain('maximumBodySize');
});
