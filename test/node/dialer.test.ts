import { EventEmitter } from 'node:events';
import type { LookupFunction, Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { firstToConnect } from '../../platform/node/dial/happy-eyeballs.ts';
import { type Address, interleave, Resolver } from '../../platform/node/dial/resolve.ts';
import { FakeClock } from '../support/fixtures.ts';

const v4 = (n: number): Address => ({ address: `192.0.2.${n}`, family: 4 });
const v6 = (n: number): Address => ({ address: `2001:db8::${n}`, family: 6 });

describe('the order of addresses', () => {
  test.each<[string, Address[], Address[]]>([
    ['none', [], []],
    ['one', [v6(1)], [v6(1)]],
    ['one family', [v4(1), v4(2)], [v4(1), v4(2)]],
    ['two families take turns', [v6(1), v6(2), v4(1), v4(2)], [v6(1), v4(1), v6(2), v4(2)]],
    ['the first family is that of the first address', [v4(1), v6(1), v4(2)], [v4(1), v6(1), v4(2)]],
    ['what is left of the longer one follows', [v6(1), v6(2), v6(3), v4(1)], [v6(1), v4(1), v6(2), v6(3)]],
  ])('%s', (_name, input, expected) => {
    expect(interleave(input)).toEqual(expected);
  });
});

describe('the addresses of a host', () => {
  const addressesWith = (host: string, lookup: LookupFunction): Promise<readonly Address[]> =>
    new Resolver(lookup).addressesOf(host);

  const never = (): never => {
    throw new Error('it was looked up');
  };

  test.each<[string, 4 | 6]>([
    ['127.0.0.1', 4],
    ['::1', 6],
  ])('%s stands for itself', async (host, family) => {
    expect(await addressesWith(host, never)).toEqual([{ address: host, family }]);
  });

  test('all are asked for', async () => {
    const asked: unknown[] = [];
    const found = await addressesWith('host.test', (hostname, options, callback) => {
      asked.push(hostname, options);
      callback(null, [
        { address: '::1', family: 6 },
        { address: '127.0.0.1', family: 4 },
      ]);
    });
    expect(asked).toEqual(['host.test', { all: true }]);
    expect(found).toEqual([
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ]);
  });

  test('a lookup may know only one', async () => {
    const found = await addressesWith('host.test', (_host, _options, callback) => callback(null, '::1', 6));
    expect(found).toEqual([{ address: '::1', family: 6 }]);
  });

  test.each([
    ['none', []],
    ['what is no address', [{ address: 'other.test', family: 4 }]],
    ['nothing where an address should be', [null, undefined, {}]],
    ['what is no list', { address: 5 }],
    ['nothing at all', null],
  ])('a lookup that finds %s has failed', async (_name, addresses) => {
    const found = addressesWith('host.test', (_host, _options, callback) =>
      callback(null, addresses as never),
    );
    await expect(found).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});

/** A socket that does what it is told. */
class FakeSocket extends EventEmitter {
  destroyed = false;

  destroy(): void {
    this.destroyed = true;
  }
}

function race(addresses: number) {
  const clock = new FakeClock();
  const abort = new AbortController();
  const sockets: FakeSocket[] = [];
  const attempt = (): Socket => {
    sockets.push(new FakeSocket());
    return sockets.at(-1) as never;
  };
  const winner = firstToConnect(new Array(addresses).fill(attempt), clock, abort.signal);
  winner.catch(() => {});
  return { clock, abort, sockets, winner };
}

describe('happy eyeballs', () => {
  test('an address is tried 250 ms after the one before', () => {
    const { clock, sockets } = race(3);
    expect(sockets.length).toBe(1);
    clock.advance(249);
    expect(sockets.length).toBe(1);
    clock.advance(1);
    expect(sockets.length).toBe(2);
    clock.advance(250);
    expect(sockets.length).toBe(3);
    expect(clock.pendingTimers).toBe(0);
  });

  test('an address is tried at once when the one before has failed', () => {
    const { clock, sockets } = race(3);
    sockets[0]!.emit('error', new Error('refused'));
    expect(sockets.length).toBe(2);
    clock.advance(249);
    expect(sockets.length).toBe(2);
    clock.advance(1);
    expect(sockets.length).toBe(3);
  });

  test('the first that connects wins, the others are closed, and no more are tried', async () => {
    const { clock, sockets, winner } = race(4);
    clock.advance(500);
    sockets[1]!.emit('connect');
    expect(await winner).toBe(sockets[1]);
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, false, true]);
    expect(clock.pendingTimers).toBe(0);
    // Their late errors are nobody's business.
    for (const socket of sockets) socket.emit('error', new Error('late'));
    expect(sockets.length).toBe(3);
  });

  test('a failure while others are under way is not the end', async () => {
    const { clock, sockets, winner } = race(2);
    clock.advance(250);
    sockets[1]!.emit('error', new Error('unreachable'));
    sockets[0]!.emit('connect');
    expect(await winner).toBe(sockets[0]);
  });

  test('when all have failed, all say why; a single one for itself', async () => {
    const two = race(2);
    two.sockets[0]!.emit('error', new Error('one'));
    two.sockets[1]!.emit('error', new Error('two'));
    await expect(two.winner).rejects.toMatchObject({ errors: [{ message: 'one' }, { message: 'two' }] });
    const one = race(1);
    one.sockets[0]!.emit('error', new Error('one'));
    await expect(one.winner).rejects.toMatchObject({ message: 'one' });
  });

  test('an abort closes them all', async () => {
    const { clock, abort, sockets, winner } = race(3);
    clock.advance(250);
    abort.abort(new Error('aborted'));
    await expect(winner).rejects.toThrow('aborted');
    expect(sockets.map(({ destroyed }) => destroyed)).toEqual([true, true]);
    expect(clock.pendingTimers).toBe(0);
  });

  test('an abort by who hears of an attempt closes that, too', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const socket = new FakeSocket();
    const attempt = (): never => {
      abort.abort(new Error('aborted'));
      return socket as never;
    };
    await expect(firstToConnect([attempt, attempt], clock, abort.signal)).rejects.toThrow('aborted');
    expect([socket.destroyed, clock.pendingTimers]).toEqual([true, 0]);
    socket.emit('error', new Error('late'));
  });

  test('nothing is tried after an abort', async () => {
    const abort = new AbortController();
    abort.abort(new Error('aborted'));
    const attempt = (): never => expect.fail('it was tried');
    await expect(firstToConnect([attempt], new FakeClock(), abort.signal)).rejects.toThrow('aborted');
  });
});
