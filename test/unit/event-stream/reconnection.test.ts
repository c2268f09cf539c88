import { describe, expect, test } from 'vitest';
import {
  isWorthReconnecting,
  judgeStream,
  reconnectionDelay,
} from '../../../src/event-stream/reconnection.ts';

describe('the pause before a stream is asked for again', () => {
  test.each([
    ['what the stream says, after events', { fruitless: 0, retry: 3000 }, 3000, 3000],
    ['twice that after one that gave nothing', { fruitless: 1, retry: 3000 }, 4500, 6000],
    ['four times', { fruitless: 2, retry: 3000 }, 7500, 12_000],
    ['a minute at most', { fruitless: 50, retry: 3000 }, 31_500, 60_000],
    ['longer only where the server says so', { fruitless: 9, retry: 600_000 }, 600_000, 600_000],
    ['an hour at most', { fruitless: 0, retry: 1e15 }, 3_600_000, 3_600_000],
    ['at once', { fruitless: 0, retry: 0 }, 50, 100],
    ['never in a circle without a pause', { fruitless: 5, retry: 0 }, 1600, 3200],
  ])('%s', (_, state, least, most) => {
    expect(reconnectionDelay({ ...state, random: 0 })).toBe(least);
    expect(reconnectionDelay({ ...state, random: 1 })).toBe(most);
  });
});

test.each<[number, string | null, string]>([
  [200, 'text/event-stream', 'stream'],
  [200, 'Text/Event-Stream; charset=utf-8', 'stream'],
  [200, 'text/event-streams', 'refused'],
  [200, 'text/plain', 'refused'],
  [200, null, 'refused'],
  [204, null, 'over'],
  [205, 'text/event-stream', 'refused'],
  [206, 'text/event-stream', 'refused'],
])('%d with %s: %s', (status, type, answer) => expect(judgeStream(status, type)).toBe(answer));

test.each([
  ['remote-host-closed', true],
  ['unknown-network', true],
  ['operation-canceled', false],
  ['content-not-found', false],
  ['service-unavailable', false],
  ['insecure-redirect', false],
] as const)('%s: asked for again: %s', (code, again) => expect(isWorthReconnecting(code)).toBe(again));
