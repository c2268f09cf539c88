import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  parseContentRange,
  parseRange,
  resolveRange,
  serializeContentRange,
} from '../../../src/cache/rules/range.ts';

describe('a Range of ten bytes', () => {
  test.each<[string, [number, number] | null | 'ignored']>([
    ['bytes=0-1', [0, 1]],
    ['bytes=2-', [2, 9]],
    ['bytes=-3', [7, 9]],
    ['bytes=-99', [0, 9]],
    ['bytes=5-99', [5, 9]],
    ['BYTES = 0-0', [0, 0]],
    ['bytes=10-', null],
    ['bytes=-0', null],
    ['bytes=99999999999999999999-', null],
    ['bytes=3-2', 'ignored'],
    ['bytes=0-1,3-4', 'ignored'],
    ['bytes=a-b', 'ignored'],
    ['bytes=1', 'ignored'],
    ['bytes=', 'ignored'],
    ['bytes=-', 'ignored'],
    ['items=0-1', 'ignored'],
    ['', 'ignored'],
  ])('%s', (field, expected) => {
    const range = parseRange(field);
    if (expected === 'ignored') expect(range).toBeNull();
    else {
      const resolved = range === null ? 'ignored' : resolveRange(range, 10);
      expect(resolved).toEqual(
        expected === null ? null : { first: expected[0], last: expected[1], total: 10 },
      );
    }
  });
});

describe('parseContentRange', () => {
  test.each([
    'bytes 0-4/*',
    'bytes */10',
    'bytes 4-3/10',
    'bytes 0-10/10',
    'bytes 0-4',
    'items 0-4/10',
    'bytes 0-4/10x',
    '',
    'bytes',
  ])('%s is not usable', (field) => {
    expect(parseContentRange(field)).toBeNull();
  });

  test('reads what serializeContentRange writes', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (first, more, rest) => {
        const range = { first, last: first + more, total: first + more + rest + 1 };
        expect(parseContentRange(serializeContentRange(range))).toEqual(range);
      }),
    );
  });
});
