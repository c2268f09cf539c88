import { expect, test } from 'vitest';
import { Bag } from '../../../src/util/bag.ts';

test('holds what was added and not taken out, in any order of both', () => {
  const bag = new Bag<number>();
  const places = [1, 2, 3, 4].map((item) => bag.add(item));
  places[1]!.leave();
  places[1]!.leave();
  expect([...bag].sort()).toEqual([1, 3, 4]);
  places[3]!.leave();
  bag.add(5);
  places[3]!.leave();
  expect([...bag].sort()).toEqual([1, 3, 5]);
  for (const _ of bag) places[0]!.leave();
  expect([...bag].sort()).toEqual([3, 5]);
});
