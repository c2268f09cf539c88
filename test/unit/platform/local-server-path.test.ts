import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { localServerPath } from '../../../platform/node/dial/endpoint.ts';

describe('on Windows', () => {
  test.each([
    ['docker_engine', '\\\\.\\pipe\\docker_engine'],
    ['a\\b', '\\\\.\\pipe\\a\\b'],
    ['C:\\x.sock', '\\\\.\\pipe\\C:\\x.sock'],
    ['\\\\.\\pipe\\docker_engine', '\\\\.\\pipe\\docker_engine'],
    ['\\\\.\\PIPE\\x', '\\\\.\\PIPE\\x'],
    ['\\\\?\\pipe\\x', '\\\\?\\pipe\\x'],
    ['//./pipe/docker_engine', '\\\\.\\pipe\\docker_engine'],
    ['a..b', '\\\\.\\pipe\\a..b'],
  ])('%s is a pipe of this machine', (name, expected) => {
    expect(localServerPath(name, 'win32')).toBe(expected);
  });

  test.each([
    '',
    'a\0b',
    '\\\\evil.example\\pipe\\x',
    '//evil.example/pipe/x',
    '\\/evil.example\\pipe\\x',
    '\\\\localhost\\pipe\\x',
    '\\\\.\\UNC\\evil.example\\pipe\\x',
    '\\\\?\\UNC\\evil.example\\pipe\\x',
    '\\\\.\\GLOBALROOT\\Device\\Mup\\evil.example\\pipe\\x',
    '\\\\.\\C:\\x',
    '\\\\.\\pipe\\',
    '\\\\.\\pipe',
    '\\\\.\\pipex\\x',
    '\\\\.\\pipe\\..\\UNC\\evil.example\\pipe\\x',
    '\\\\.\\pipe\\a\\..\\..\\UNC\\evil.example\\x',
    '..\\UNC\\evil.example\\pipe\\x',
    '../UNC/evil.example/pipe/x',
    '.. \\UNC\\evil.example\\pipe\\x',
    '\\??\\UNC\\evil.example\\pipe\\x',
    '\\\\\\evil.example\\x',
  ])('%s is none', (name) => {
    expect(localServerPath(name, 'win32')).toBe(null);
  });
});

test.each([
  ['/run/app.sock', '/run/app.sock'],
  ['app.sock', path.join(tmpdir(), 'app.sock')],
  ['', null],
  ['/run/a\0b', null],
])('elsewhere %j is the path %j', (name, expected) => {
  expect(localServerPath(name, 'linux')).toBe(expected);
});
