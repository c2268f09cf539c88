import { expect, test } from 'vitest';
import { isDeviceName, mayNameFile, windowsPathFault } from '../../../platform/node/files/windows-names.ts';

test.each([
  ['C:\\Users\\u\\a.txt', null],
  ['d:/a/b', null],
  ['C:\\', null],
  ['C:\\console\\nulls\\com10', null],
  ['C:a.txt', 'root of a drive'],
  ['\\a.txt', 'root of a drive'],
  ['\\\\server\\share\\a', 'root of a drive'],
  ['\\\\?\\C:\\a', 'root of a drive'],
  ['\\\\.\\pipe\\x', 'root of a drive'],
  ['C:\\a.txt:stream', 'stream'],
  ['C:\\a.txt::$DATA', 'stream'],
  ['C:\\NUL', 'device'],
  ['C:\\a\\con.txt\\b', 'device'],
  ['C:\\COM¹', 'device'],
  ['C:\\aux .x', 'device'],
  ['C:\\a.txt.', 'dot or a space'],
  ['C:\\a \\b', 'dot or a space'],
])('%j', (path, fault) => {
  const found = windowsPathFault(path);
  if (fault === null) expect(found).toBeNull();
  else expect(found).toContain(fault);
});

test('devices are devices with any extension, and nothing else is', () => {
  expect(['con', 'Prn.txt', 'LPT9', 'conin$'].every(isDeviceName)).toBe(true);
  expect(['contact', 'com', 'com12', 'xnul', ''].some(isDeviceName)).toBe(false);
});

test.each([
  ['C:\\Users\\u\\jar.json', true],
  ['jar.json', true],
  ['C:jar.json', true],
  ['\\\\server\\share\\jar.json', true],
  ['\\\\?\\C:\\data\\jar.json', true],
  ['\\\\?\\UNC\\server\\share\\jar.json', true],
  // There names are taken as they stand.
  ['\\\\?\\C:\\NUL', true],
  ['\\\\?\\C:\\jar.json:stream', false],
  ['C:\\data\\jar.json:stream', false],
  ['jar.json::$DATA', false],
  ['C:\\NUL', false],
  ['data/aux.json', false],
])('%j may be kept: %s', (path, may) => {
  expect(mayNameFile(path)).toBe(may);
});
