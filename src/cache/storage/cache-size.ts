import type { Check } from '../../checks/checker.ts';

/** 50 MiB, as in Qt. */
export const DEFAULT_MAXIMUM_SIZE = 50 * 1024 * 1024;

/** What `maximumSize` of a cache may be. */
export const MAXIMUM_SIZE: Check = {
  expected: 'a number of bytes',
  accepts: (value) => Number.isFinite(value) && (value as number) >= 0,
};
