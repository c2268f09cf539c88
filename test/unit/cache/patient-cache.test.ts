import { describe, expect, test } from 'vitest';
import { MemoryCache } from '../../../src/cache/storage/memory-cache.ts';
import type { NetworkCache } from '../../../src/cache/storage/network-cache.ts';
import { PatientCache } from '../../../src/cache/storage/patient-cache.ts';
import { bodyOf, get, metadata, put } from '../../suites/cache.ts';
import { FakeClock } from '../../support/fixtures.ts';

type Method = 'match' | 'open' | 'update' | 'remove';

/** A cache over memory that answers with promises, and keeps callers of what it is told to keep waiting for. */
function slowCache() {
  const memory = new MemoryCache();
  const late = new Set<string>();
  const waiting: (() => void)[] = [];
  const calls: string[] = [];
  const answer = <Value>(method: string, give: () => Value): Promise<Awaited<Value>> => {
    calls.push(method);
    if (!late.has(method)) return Promise.resolve(give());
    return new Promise((resolve) => waiting.push(() => resolve(give() as Awaited<Value>)));
  };
  const cache: NetworkCache = {
    maximumSize: memory.maximumSize,
    match: (key) => answer('match', () => [...memory.match(key)]),
    open: (stored) => answer('open', () => memory.open(stored as never)),
    insert: (key, of, length) => {
      const writer = memory.insert(key, of, length)!;
      return {
        read: (offset, size) => answer('read', () => writer.read(offset, size)),
        write: (chunk) => {
          const copy = chunk.slice();
          return answer('write', () => writer.write(copy));
        },
        commit: () => answer('commit', () => writer.commit()),
        close: () => {
          calls.push('close');
          writer.close();
        },
      };
    },
    update: (key, stored, of) => answer('update', () => memory.update(key, stored as never, of)),
    remove: (key, stored) => answer('remove', () => memory.remove(key, stored as never)),
    clear: () => answer('clear', () => memory.clear()),
    size: () => memory.size(),
    close: () => memory.close(),
  };
  const clock = new FakeClock();
  const patient = new PatientCache(cache, clock);
  const faults: string[] = [];
  patient.tell = ({ message }) => faults.push(message);
  /** The answer, a second having passed. */
  const late_ = async <Value>(work: Value | Promise<Value>): Promise<Value> => {
    const outcome = Promise.resolve(work);
    outcome.catch(() => {});
    await turn();
    clock.advance(1000);
    return outcome;
  };
  const answerAll = async (): Promise<void> => {
    late.clear();
    for (const one of waiting.splice(0)) one();
    await turn();
  };
  return { memory, patient, late, calls, clock, faults, aSecondLater: late_, answerAll };
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a cache that does not answer', () => {
  test('is a miss after a second, then at once, and is told once', async () => {
    const { patient, late, calls, faults, aSecondLater } = slowCache();
    await put(patient, 'key', bodyOf(10));
    late.add('match');
    expect(await aSecondLater(patient.match('key'))).toEqual([]);
    calls.length = 0;
    expect(patient.match('key')).toEqual([]);
    expect(patient.insert('other', metadata(), 1)).toBeNull();
    expect([calls, faults]).toEqual([[], [expect.stringContaining('cache: looking for an entry')]]);
  });

  test('is believed again when it has answered, and has lost nothing', async () => {
    const { patient, late, clock, faults, aSecondLater, answerAll } = slowCache();
    await put(patient, 'key', bodyOf(10));
    late.add('match');
    await aSecondLater(patient.match('key'));
    await answerAll();
    expect(await get(patient, 'key')).toEqual(bodyOf(10));
    late.add('open');
    const [stored] = await patient.match('key');
    expect(await aSecondLater(patient.open(stored!))).toBeNull();
    await patient.remove('key', stored);
    await answerAll();
    expect(await get(patient, 'key')).toEqual(bodyOf(10));
    expect([faults.length, clock.pendingTimers]).toEqual([2, 0]);
  });

  test('is tried now and then, though a call of it never ends', async () => {
    const { patient, late, clock, aSecondLater } = slowCache();
    await put(patient, 'key', bodyOf(10));
    late.add('match');
    await aSecondLater(patient.match('key'));
    late.clear();
    expect(patient.match('key')).toEqual([]);
    clock.advance(10_000);
    expect(await patient.match('key')).toHaveLength(1);
    expect(await get(patient, 'key')).toEqual(bodyOf(10));
  });

  test.each<[string, Method]>([
    ['was invalidated while it was silent', 'match'],
    ['was to be removed when it fell silent', 'remove'],
  ])('does not give what %s', async (_, method) => {
    const { memory, patient, late, aSecondLater, answerAll } = slowCache();
    await put(patient, 'key', bodyOf(10));
    late.add(method);
    await aSecondLater(method === 'match' ? patient.match('other') : patient.remove('key'));
    await patient.remove('key');
    expect(memory.match('key')).toHaveLength(1);
    await answerAll();
    expect(await patient.match('key')).toEqual([]);
    expect(memory.match('key')).toEqual([]);
  });

  test('keeps no write and no commit waiting, and closes a writer behind its commit', async () => {
    const { patient, late, calls, aSecondLater, answerAll } = slowCache();
    late.add('write');
    const writer = patient.insert('key', metadata(), 10)!;
    await expect(aSecondLater(writer.write(bodyOf(10)))).rejects.toThrow('cache: writing an entry');
    await answerAll();
    late.add('commit');
    await aSecondLater(writer.commit());
    writer.close();
    expect(calls).not.toContain('close');
    await answerAll();
    expect(calls.at(-1)).toBe('close');
  });
});
