import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Signals } from '../../src/signals.ts';
import { catching } from '../support/catching.ts';

type Events = { told: (value: number) => void; asked: (value: number) => unknown };
const NAMES = new Set<keyof Events>(['told', 'asked']);

describe('signals', () => {
  const uncaught: unknown[] = [];
  beforeEach(() => {
    uncaught.length = 0;
    vi.stubGlobal('queueMicrotask', catching(uncaught));
  });
  afterEach(() => vi.unstubAllGlobals());

  test('emit calls listeners in order and says whether there were any', () => {
    const signals = new Signals<Events>(NAMES);
    const heard: string[] = [];
    expect(signals.emit('told', 1)).toBe(false);
    signals.on('told', (value) => heard.push(`a${value}`)).on('told', (value) => heard.push(`b${value}`));
    expect(signals.emit('told', 2)).toBe(true);
    expect(heard).toEqual(['a2', 'b2']);
  });

  test('a listener that throws disturbs neither the emitter nor the next listener, and is reported', () => {
    const signals = new Signals<Events>(NAMES);
    const heard: number[] = [];
    const broken = new Error('broken listener');
    signals.on('told', () => {
      throw broken;
    });
    signals.on('told', (value) => heard.push(value));
    expect(signals.emit('told', 3)).toBe(true);
    expect(heard).toEqual([3]);
    expect(uncaught).toEqual([broken]);
  });

  test('a rejected promise of a listener is reported', async () => {
    const signals = new Signals<Events>(NAMES);
    const broken = new Error('broken async listener');
    signals.on('asked', () => Promise.reject(broken));
    signals.emit('asked', 1);
    await Promise.resolve();
    await Promise.resolve();
    expect(uncaught).toEqual([broken]);
  });

  test('once fires once, also when it emits again itself, and off takes back both kinds', () => {
    const signals = new Signals<Events>(NAMES);
    const heard: number[] = [];
    const once = (value: number): void => {
      heard.push(value);
      signals.emit('told', value + 1);
    };
    signals.once('told', once);
    signals.emit('told', 1);
    expect(heard).toEqual([1]);

    const listener = (value: number): void => void heard.push(value);
    signals.once('told', listener).on('told', listener);
    signals.off('told', listener).off('told', listener);
    signals.emit('told', 9);
    expect(heard).toEqual([1]);
    expect(signals.listenerCount('told')).toBe(0);
  });

  test.each(['on', 'once', 'off'] as const)(
    '%s refuses a signal that there is not, and what is no listener',
    (method) => {
      const signals = new Signals<Events>(NAMES);
      expect(() => signals[method]('tolled' as 'told', () => {})).toThrow(
        "no signal 'tolled'; did you mean 'told'?",
      );
      expect(() => signals[method]('toString' as 'told', () => {})).toThrow(TypeError);
      expect(() => signals[method]('told', undefined as never)).toThrow(
        "'told': the listener must be a function",
      );
    },
  );

  test('removeAllListeners empties one event or all', () => {
    const signals = new Signals<Events>(NAMES);
    signals.on('told', () => {}).on('asked', () => {});
    signals.removeAllListeners('told');
    expect([signals.listenerCount('told'), signals.listenerCount('asked')]).toEqual([0, 1]);
    signals.removeAllListeners();
    expect(signals.listenerCount('asked')).toBe(0);
  });

  test('ask waits for async listeners, and gives null when nobody has to be waited for', async () => {
    const signals = new Signals<Events>(NAMES);
    expect(signals.ask('asked', 1)).toBeNull();
    signals.on('asked', () => {});
    expect(signals.ask('asked', 1)).toBeNull();
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    let settled = false;
    signals.on('asked', () => gate);
    const answer = signals.ask('asked', 1)?.then(() => {
      settled = true;
    });
    await Promise.resolve();
    expect(settled).toBe(false);
    open();
    await answer;
    expect(settled).toBe(true);
  });

  test.each([
    ['rejects', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('ask rejects as soon as a listener %s, and all were called', async (_, fail) => {
    const signals = new Signals<Events>(NAMES);
    const others = [vi.fn(() => new Promise<void>(() => {})), vi.fn(() => Promise.reject(new Error('late')))];
    signals.on('asked', others[0]!).on('asked', fail).on('asked', others[1]!);
    await expect(signals.ask('asked', 1)).rejects.toThrow('no');
    for (const other of others) expect(other).toHaveBeenCalledWith(1);
    expect(uncaught).toEqual([]);
  });
});
