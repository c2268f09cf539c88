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
  expect(cacheDirectory(undefined, { platform, env, home: () => home })).toBe(expected);
});

test.each([
  [
    'linux',
    { CACHE_DIRECTORY: '/var/cache/svc:/var/cache/other', XDG_CACHE_HOME: '/x' },
    '/var/cache/svc/my app',
  ],
  ['linux', { XDG_CACHE_HOME: '/var/cache/u' }, '/var/cache/u/my app'],
  ['linux', { CACHE_DIRECTORY: 'relative', XDG_CACHE_HOME: '/x' }, '/x/my app'],
  ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'D:\\Local\\my app\\Cache'],
] as const)('needs no home where the environment says it: %s %j', (platform, env, expected) => {
  const home = (): string => {
    throw new Error('ENOENT');
  };
  expect(cacheDirectory('my app', { platform, env, home })).toBe(expected);
});

test.each([
  () => '',
  () => 'relative',
  () => {
    throw new Error('ENOENT: uv_os_homedir');
  },
])('no home and no variable is told in words', (home) => {
  expect(() => cacheDirectory('app', { platform: 'linux', env: {}, home })).toThrow('XDG_CACHE_HOME');
});

test.each([
  '',
  '.',
  '..',
  'a/b',
  'a\\b',
  'C:',
  'a:stream',
  'NUL',
  'con.txt',
  'aux',
  'COM1',
  'lpt³',
  'a.',
  'a ',
  'a\0',
  '\\\\?\\x',
  'x'.repeat(256),
  5,
])('%j is no name of an application, on any system', (name) => {
  const source = { platform: 'linux', env: {}, home: () => '/home/u' } as const;
  expect(() => cacheDirectory(name as string, source)).toThrow(TypeError);
});
