import { expect, test } from 'vitest';
import { MemoryCache } from '../../../src/cache/storage/memory-cache.ts';
import { testCache } from '../../suites/cache.ts';

testCache('MemoryCache', {
  open: (_name, maximumSize) => new MemoryCache(maximumSize === undefined ? {} : { maximumSize }),
  persistent: false,
  cleanUp: async () => {},
});

test.each([Number.NaN, -1, Infinity, '5' as unknown as number])(
  'maximumSize %s is a mistake',
  (maximumSize) => {
    expect(() => new MemoryCache({ maximumSize })).toThrow(TypeError);
  },
);
