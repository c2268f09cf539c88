import { expect, test } from 'vitest';
import { Bag } from '../../../src/util/bag.ts';

test('holds what was added and not taken out, in any order of both', () => {
  const bag = new Bag<number>();
  const remove = [1, 2, 3, 4].map((item) => bag.add(item));
  remove[1]!();
  remove[1]!();
  expect([...bag].sort()).toEqual([1, 3, 4]);
  remove[3]!();
  bag.add(5);
  remove[3]!();
  expect([...bag].sort()).toEqual([1, 3, 5]);
  for (const _ of bag) remove[0]!();
  expect([...bag].sort()).toEqual([3, 5]);
});
