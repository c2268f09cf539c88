/** How a side notices that the other one is gone where the port does not tell: by its Web Lock, else by its silence. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Liveness } from '../../../../platform/bridge/liveness.ts';
import type { BridgePort } from '../../../../platform/bridge/port.ts';
import { FakeClock } from '../../../support/fixtures.ts';

const SILENT: BridgePort = {
  transfers: false,
  tellsClose: false,
  open: () => {},
  post: () => {},
  close: () => {},
};

type Held = (lock: unknown) => Promise<void> | undefined;
interface Options {
  readonly ifAvailable?: boolean;
  readonly signal?: AbortSignal;
}

/** The locks of one partition of a browser's storage. */
class Locks {
  readonly held = new Set<string>();
  readonly #waiting = new Map<string, (() => void)[]>();

  async request(name: string, { ifAvailable, signal }: Options, take: Held): Promise<void> {
    if (this.held.has(name)) {
      if (ifAvailable === true) return take(null);
      await new Promise<void>((resolve, reject) => {
        this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    }
    this.held.add(name);
    await take({ name });
    this.free(name);
  }

  /** What a browser does when a tab is gone. */
  free(name: string): void {
    this.held.delete(name);
    this.#waiting.get(name)?.shift()?.();
  }
}

const NAMED = ['a', 'b', 'c'].map((name) => `fairlead.bridge.${name}`);
const [THEIRS] = NAMED as [string];
const SECOND = 1000;
let clock: FakeClock;
let told: string[];
let locks: Locks;

beforeEach(() => {
  clock = new FakeClock();
  told = [];
  locks = new Locks();
  vi.stubGlobal('navigator', { locks });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const liveness = (port = SILENT): Liveness =>
  new Liveness(port, clock, {
    ping: () => told.push('ping'),
    lock: (name) => told.push(`lock ${name}`),
    gone: () => told.push('gone'),
  });
const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};
const pings = (): number => told.filter((one) => one === 'ping').length;

test('a port that tells of its end is neither locked nor asked', async () => {
  liveness({ ...SILENT, tellsClose: true });
  await turns();
  clock.advance(600 * SECOND);
  expect([told, locks.held.size]).toEqual([[], 0]);
});

test('a lock that the other side holds tells its end at once, before any silence does', async () => {
  locks.held.add(THEIRS);
  const alive = liveness();
  await alive.otherHolds(THEIRS);
  expect(told).not.toContain('gone');
  locks.free(THEIRS);
  await turns();
  expect(told.filter((one) => one === 'gone')).toEqual(['gone']);
  expect(pings()).toBe(0);
});

test('one that is visible here takes the place of asking', async () => {
  locks.held.add(THEIRS);
  const alive = liveness();
  await alive.otherHolds(THEIRS);
  clock.advance(600 * SECOND);
  await turns();
  expect([pings(), told.includes('gone')]).toEqual([0, false]);
});

test('one that nobody holds here is of another partition: silence is what tells', async () => {
  const alive = liveness();
  await alive.otherHolds(THEIRS);
  await turns();
  expect(told).not.toContain('gone');
  for (let i = 0; i < 7; i++) clock.advance(15 * SECOND);
  expect(pings()).toBeGreaterThan(1);
  expect(told.at(-1)).toBe('gone');
});

test('without locks it asks after 15 seconds of silence, and gives up after 90', () => {
  vi.stubGlobal('navigator', {});
  liveness();
  clock.advance(14 * SECOND);
  expect(told).toEqual([]);
  clock.advance(1 * SECOND);
  expect(told).toEqual(['ping']);
  for (let i = 0; i < 4; i++) clock.advance(15 * SECOND);
  expect(told).not.toContain('gone');
  clock.advance(15 * SECOND);
  expect(told.at(-1)).toBe('gone');
});

test('a word of the other side begins the silence anew', () => {
  vi.stubGlobal('navigator', {});
  const alive = liveness();
  for (let i = 0; i < 20; i++) {
    clock.advance(15 * SECOND);
    alive.heard();
  }
  expect(told).not.toContain('gone');
});

test('a side that is closed sets its lock free, and waits for nothing', async () => {
  locks.held.add(THEIRS);
  const alive = liveness();
  await turns();
  const [own] = told;
  expect(own).toMatch(/^lock fairlead\.bridge\./);
  expect(locks.held.has(own!.slice('lock '.length))).toBe(true);
  await alive.otherHolds(THEIRS);
  alive.close();
  await turns();
  expect([...locks.held]).toEqual([THEIRS]);
  locks.free(THEIRS);
  clock.advance(600 * SECOND);
  await turns();
  expect(told).toEqual([own]);
});

test('of the locks that the other side names, one is waited for', async () => {
  for (const name of NAMED) locks.held.add(name);
  const alive = liveness();
  for (const name of NAMED) void alive.otherHolds(name);
  await turns();
  locks.free(NAMED[1]!);
  await turns();
  expect(told).not.toContain('gone');
  locks.free(NAMED[0]!);
  await turns();
  expect(told).toContain('gone');
});

test('a lock that no side of a bridge has is neither tried nor waited for', async () => {
  const alive = liveness();
  await turns();
  const before = [...locks.held];
  const request = vi.spyOn(locks, 'request');
  for (const name of ['the application’s', 'fairlead.tabs.default']) void alive.otherHolds(name);
  expect([request.mock.calls, [...locks.held]]).toEqual([[], before]);
  // One that is said later counts.
  locks.held.add(THEIRS);
  await alive.otherHolds(THEIRS);
  locks.free(THEIRS);
  await turns();
  expect(told).toContain('gone');
});

test('locks that the browser denies say nothing: silence is what tells', async () => {
  vi.stubGlobal('navigator', { locks: { request: () => Promise.reject(new Error('denied')) } });
  const alive = liveness();
  await expect(alive.otherHolds(THEIRS)).resolves.toBe(undefined);
  clock.advance(15 * SECOND);
  expect(told).toEqual(['ping']);
});
