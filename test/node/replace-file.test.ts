import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { replaceFile } from '../../platform/node/files/replace-file.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-replace-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => vi.restoreAllMocks());

let count = 0;
/** A file that another process claims, or has claimed. */
function claimed(by: { pid: number; ageMs?: number }): { file: string; claim: string } {
  const file = path.join(root, String(count++), 'file');
  const claim = path.join(`${file}.lock`, `${by.pid}-0123456789abcdef`);
  mkdirSync(path.dirname(claim), { recursive: true });
  writeFileSync(claim, 'half of something');
  const time = (Date.now() - (by.ageMs ?? 0)) / 1000;
  utimesSync(claim, time, time);
  return { file, claim };
}

const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid;
const append = (text: string) => async (content: string | null) => (content ?? '') + text;

test('a claim of a killed process is removed', async () => {
  const { file } = claimed({ pid: deadPid() });
  await replaceFile(file, append('a'));
  expect(readFileSync(file, 'utf8')).toBe('a');
  expect(readdirSync(`${file}.lock`)).toEqual([]);
});

test.each([
  ['old', 11_000],
  ['from the future, after the clock was set back', -11_000],
])('a claim that nobody touches is removed after two seconds, %s or not', async (_name, ageMs) => {
  const { file } = claimed({ pid: process.pid, ageMs });
  const begun = performance.now();
  await replaceFile(file, append('a'));
  expect(performance.now() - begun).toBeGreaterThan(1900);
  expect(performance.now() - begun).toBeLessThan(8000);
  expect(readdirSync(`${file}.lock`)).toEqual([]);
});

test('a fresh claim of a living process is waited for', async () => {
  const { file, claim } = claimed({ pid: process.pid });
  const update = vi.fn(append('b'));
  const replaced = replaceFile(file, update);
  for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
  expect(update).not.toHaveBeenCalled();
  writeFileSync(file, 'a');
  rmSync(claim);
  await replaced;
  expect(readFileSync(file, 'utf8')).toBe('ab');
});

test('the wait for others is bounded', async () => {
  const { file, claim } = claimed({ pid: process.pid });
  const update = vi.fn(append('b'));
  const start = performance.now();
  const now = vi.spyOn(performance, 'now').mockReturnValue(start);
  const replaced = expect(replaceFile(file, update)).rejects.toThrow('is being written by others');
  // A claim that is touched all the time.
  for (let second = 1; second <= 16; second++) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    utimesSync(claim, second, second);
    now.mockReturnValue(start + second * 1000);
  }
  await replaced;
  expect(update).not.toHaveBeenCalled();
});

test('a claim is touched while its content is made, so that nobody takes it over', async () => {
  const file = path.join(root, String(count++), 'file');
  const begun = performance.now();
  const slow = replaceFile(file, async (content) => {
    await new Promise((resolve) => setTimeout(resolve, 3000));
    return `${content ?? ''}slow`;
  });
  await vi.waitFor(() => expect(readdirSync(`${file}.lock`)).toHaveLength(1));
  await replaceFile(file, append(' other'));
  expect(performance.now() - begun).toBeGreaterThan(2900);
  await slow;
  expect(readFileSync(file, 'utf8')).toBe('slow other');
});

test('who lost its claim while it worked starts over from what the others wrote', async () => {
  const file = path.join(root, String(count++), 'file');
  const seen: (string | null)[] = [];
  await replaceFile(file, async (content) => {
    seen.push(content);
    if (seen.length === 1) {
      for (const claim of readdirSync(`${file}.lock`)) rmSync(path.join(`${file}.lock`, claim));
      await replaceFile(file, append('theirs'));
    }
    return `${content ?? ''} ours`;
  });
  expect(seen).toEqual([null, 'theirs']);
  expect(readFileSync(file, 'utf8')).toBe('theirs ours');
});

test('an update that throws leaves the file as it was and no claim', async () => {
  const file = path.join(root, String(count++), 'file');
  await replaceFile(file, append('a'));
  await expect(replaceFile(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readFileSync(file, 'utf8')).toBe('a');
  expect(readdirSync(`${file}.lock`)).toEqual([]);
});
