import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { replaceFile } from '../../platform/node/files/replace-file.ts';

const root = mkdtempSync(path.join(tmpdir(), 'fairlead-replace-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => vi.useRealTimers());

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

/** Time that goes by only when a test says so. The file system's work is real, and takes none of it. */
function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] });
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
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
  const { file, claim } = claimed({ pid: process.pid, ageMs });
  stopTime();
  const begun = performance.now();
  let isReplaced = false;
  const replaced = replaceFile(file, append('a')).then(() => {
    isReplaced = true;
  });
  const isAlone = (): boolean => readdirSync(`${file}.lock`).join() === path.basename(claim);
  // The writer pauses: looks again, after at most 50 ms, until it has a claim of its own.
  while (isAlone()) {
    await until(() => isReplaced || vi.getTimerCount() > 0);
    if (isAlone()) vi.advanceTimersByTime(10);
  }
  await replaced;
  expect(performance.now() - begun).toBeGreaterThanOrEqual(2000);
  expect(performance.now() - begun).toBeLessThan(2100);
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
  stopTime();
  const begun = performance.now();
  let refusal: Error | null = null;
  replaceFile(file, update).catch((error: Error) => {
    refusal = error;
  });
  // A claim that is touched all the time.
  for (let second = 1; refusal === null; second++) {
    await until(() => refusal !== null || vi.getTimerCount() > 0);
    utimesSync(claim, second, second);
    vi.advanceTimersByTime(1000);
  }
  expect(refusal).toMatchObject({ message: expect.stringContaining('is being written by others') });
  expect(performance.now() - begun).toBeLessThan(18_000);
  expect(update).not.toHaveBeenCalled();
});

test('a claim is touched while its content is made, so that nobody takes it over', async () => {
  const file = path.join(root, String(count++), 'file');
  stopTime();
  const begun = Date.now();
  let finish = () => {};
  const worked = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const works = vi.fn(async (content: string | null) => {
    await worked;
    return `${content ?? ''}slow`;
  });
  const slow = replaceFile(file, works);
  await until(() => works.mock.calls.length === 1);
  const claim = path.join(`${file}.lock`, readdirSync(`${file}.lock`)[0]!);
  const append = vi.fn(async (content: string | null) => `${content ?? ''} other`);
  let isAppended = false;
  const other = replaceFile(file, append).then(() => {
    isAppended = true;
  });
  for (let time = 100; time <= 5000; time += 100) {
    // The other one has looked and pauses: its timer, beside that of the claim.
    await until(() => append.mock.calls.length > 0 || vi.getTimerCount() === 2);
    vi.advanceTimersByTime(100);
    if (time % 400 === 0) await until(() => statSync(claim).mtimeMs > begun + time - 1);
  }
  expect(append).not.toHaveBeenCalled();
  finish();
  await slow;
  // No claim is left, so that only the pause of the other one keeps a timer.
  await until(() => vi.getTimerCount() === 1);
  vi.advanceTimersByTime(50);
  await until(() => isAppended || vi.getTimerCount() > 0);
  await other;
  expect(readFileSync(file, 'utf8')).toBe('slow other');
});

// On Windows a claim that is removed stays until its process has closed it, and that of this test waits for the other one.
test.skipIf(process.platform === 'win32')(
  'who lost its claim while it worked starts over from what the others wrote',
  async () => {
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
  },
);

test('an update that throws leaves the file as it was and no claim', async () => {
  const file = path.join(root, String(count++), 'file');
  await replaceFile(file, append('a'));
  await expect(replaceFile(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readFileSync(file, 'utf8')).toBe('a');
  expect(readdirSync(`${file}.lock`)).toEqual([]);
});
