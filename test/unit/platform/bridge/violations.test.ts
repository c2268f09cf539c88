/** What is told of rules that are broken again and again. */
import { expect, test } from 'vitest';
import { Violations } from '../../../../platform/bridge/owner/violations.ts';

const ORIGINS = { rule: 'origins', reason: 'not there', url: 'https://a.test/' } as const;
const FIELDS = { rule: 'fields', reason: 'not that', url: null } as const;

test('ten of a rule are told in a second, and the next one says how many were not', () => {
  const violations = new Violations();
  const told = Array.from({ length: 500 }, (_, i) => violations.add(ORIGINS, i));
  expect(told.filter((one) => one !== null)).toEqual(Array(10).fill({ ...ORIGINS, times: 1 }));
  expect(violations.add(FIELDS, 500)).toEqual({ ...FIELDS, times: 1 });
  expect(violations.add(ORIGINS, 1000)).toEqual({ ...ORIGINS, times: 491 });
  expect(violations.add(ORIGINS, 1001)).toEqual({ ...ORIGINS, times: 1 });
});

test('what was not told is told at the end, once for each rule', () => {
  const violations = new Violations();
  for (let i = 0; i < 15; i++) violations.add(ORIGINS, 0);
  for (let i = 0; i < 12; i++) violations.add({ ...FIELDS, url: `https://a.test/${i}` }, 0);
  violations.add({ rule: 'protocol', reason: '', url: null }, 0);
  expect(violations.rest()).toEqual([
    { ...ORIGINS, times: 5 },
    { ...FIELDS, url: 'https://a.test/11', times: 2 },
  ]);
});
