import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ActiveSet, type Placed } from '../../../src/util/collections.ts';

test('has those that were added and not removed, whatever the order', () => {
  const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 5 })));
  fc.assert(
    fc.property(steps, (sequence) => {
      const active = new ActiveSet<Placed>();
      const entries = Array.from({ length: 6 }, () => ({ place: 0 }));
      const expected = new Set<Placed>();
      for (const [isAdded, which] of sequence) {
        const entry = entries[which]!;
        if (isAdded && expected.has(entry)) continue;
        if (isAdded) active.add(entry);
        else active.remove(entry);
        if (isAdded) expected.add(entry);
        else expected.delete(entry);
      }
      expect(new Set(active)).toEqual(expected);
      expect(active.size).toBe(expected.size);
    }),
  );
});
