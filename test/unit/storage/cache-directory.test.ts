import { expect, test } from 'vitest';
import { cacheDirectory } from '../../../platform/node/cache-directory.ts';

test.each([
  ['linux', {}, '/home/u', '/home/u/.cache/fairlead'],
  ['linux', { XDG_CACHE_HOME: '/var/cache/u' }, '/home/u', '/var/cache/u/fairlead'],
  ['linux', { XDG_CACHE_HOME: 'relative' }, '/home/u', '/home/u/.cache/fairlead'],
  ['linux', { XDG_CACHE_HOME: '' }, '/home/u', '/home/u/.cache/fairlead'],
  ['freebsd', {}, '/home/u', '/home/u/.cache/fairlead'],
  ['darwin', { XDG_CACHE_HOME: '/x' }, '/Users/u', '/Users/u/Library/Caches/fairlead'],
  ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'C:\\Users\\u', 'D:\\Local\\fairlead\\Cache'],
  ['win32', {}, 'C:\\Users\\u', 'C:\\Users\\u\\AppData\\Local\\fairlead\\Cache'],
] as const)('%s %j %s', (platform, env, home, expected) => {
  expect(cacheDirectory({ platform, env, home })).toBe(expected);
});
