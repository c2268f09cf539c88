/** How much of what a client says is obeyed at once, how fast, and what becomes of the rest. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Inbox } from '../../../../platform/bridge/owner/inbox.ts';
import { MalformedMessage } from '../../../../platform/bridge/owner/plain-copy.ts';
import { resolvePolicy } from '../../../../platform/bridge/policy/policy.ts';
import { ClientRate } from '../../../../platform/bridge/policy/quota.ts';
import type { BridgePort } from '../../../../platform/bridge/port.ts';
import { PORT_WINDOW } from '../../../../platform/bridge/protocol.ts';
import { FakeClock } from '../../../support/fixtures.ts';

const SECOND = 1000;
const TURN = 64;
let clock: FakeClock;
/** What was obeyed, of whichever port. */
let obeyed: unknown[];
let atTurn: (() => void)[];

beforeEach(() => {
  clock = new FakeClock();
  obeyed = [];
  atTurn = [];
});

/** The next turn of the event loop. */
function turn(): void {
  for (const callback of atTurn.splice(0)) callback();
}

const PORT: BridgePort = {
  transfers: false,
  tellsClose: true,
  open: () => {},
  post: () => {},
  close: () => {},
};
const WITH_TURNS = { ...PORT, afterTurn: (callback: () => void) => void atTurn.push(callback) };

function inbox(messagesPerSecond = 10_000, port: BridgePort = WITH_TURNS) {
  const rate = new ClientRate(clock);
  const floods: string[] = [];
  const made: Inbox = new Inbox(port, {
    policy: resolvePolicy({ messagesPerSecond }),
    rate,
    clock,
    obey: (message) => obeyed.push(message),
    flooded: ({ rule }) => {
      floods.push(rule);
      made.close();
    },
  });
  return { inbox: made, rate, floods };
}

const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

describe('a turn', () => {
  test('obeys so many messages of a port, and the next one goes on where it was', () => {
    const { inbox: flooded } = inbox();
    for (let i = 0; i < 100; i++) flooded.take(numbers(i * 5, 5));
    expect(obeyed).toEqual(numbers(0, TURN));
    turn();
    expect(obeyed).toEqual(numbers(0, 2 * TURN));
    flooded.take([-1]);
    for (let i = 0; i < 10; i++) turn();
    expect(obeyed).toEqual([...numbers(0, 500), -1]);
    expect(atTurn).toEqual([]);
  });

  test('obeys what another client says, after no more than so many of a flood', () => {
    const [flooder, other] = [inbox(), inbox()];
    flooder.inbox.take(numbers(0, 5000));
    other.inbox.take(['other']);
    expect(obeyed.indexOf('other')).toBe(TURN);
    turn();
    other.inbox.take(['again']);
    expect(obeyed.indexOf('again')).toBeLessThanOrEqual(2 * TURN + 1);
  });

  test('obeys less of what is larger', () => {
    inbox().inbox.take(Array.from({ length: 10 }, () => 'x'.repeat(16 * 1024)));
    expect(obeyed.length).toBe(4);
  });

  test('is one post where a port knows none, and the rest comes by a timer', () => {
    const { inbox: flooded } = inbox(10_000, PORT);
    flooded.take(numbers(0, 10));
    flooded.take(numbers(10, 60));
    expect(obeyed.length).toBe(70);
    flooded.take(numbers(70, 350));
    expect(obeyed.length).toBe(70 + 5 * TURN);
    clock.advance(1);
    expect(obeyed).toEqual(numbers(0, 420));
  });
});

describe('a second', () => {
  test('lets so much be heard, and what is beyond waits in its order', () => {
    const { inbox: flooded, floods } = inbox(100);
    for (let i = 0; i < 15; i++) {
      flooded.take(numbers(i * 10, 10));
      turn();
    }
    expect(obeyed).toEqual(numbers(0, 100));
    clock.advance(SECOND / 4);
    expect(obeyed).toEqual(numbers(0, 125));
    clock.advance(SECOND);
    expect(obeyed).toEqual(numbers(0, 150));
    expect(floods).toEqual([]);
  });

  test('whose messages wait by more than it gives is a flood, of which nothing more is obeyed', () => {
    const { inbox: flooded, floods } = inbox(100);
    for (let i = 0; i < 40; i++) flooded.take(numbers(i * 10, 10));
    turn();
    expect(floods[0]).toBe('messagesPerSecond');
    const { length } = obeyed;
    clock.advance(60 * SECOND);
    turn();
    expect(obeyed.length).toBe(length);
    expect(length).toBeLessThanOrEqual(100);
  });

  test('lets fewer requests be heard', () => {
    const { inbox: flooded, rate } = inbox(100);
    for (let i = 0; i < 10; i++) {
      flooded.take([i]);
      rate.addRequest();
    }
    flooded.take(numbers(10, 90));
    turn();
    expect(obeyed.length).toBe(60);
  });

  test('is that of the client, over all its ports', () => {
    const rate = new ClientRate(clock);
    const rest = { policy: resolvePolicy({ messagesPerSecond: 60 }), rate, clock, flooded: () => {} };
    const ports = [0, 1].map(() => new Inbox(WITH_TURNS, { ...rest, obey: (one) => obeyed.push(one) }));
    for (const port of ports) port.take(numbers(0, 40));
    expect(obeyed.length).toBe(60);
  });
});

test('bytes of bodies that wait are no more than may be on their way', () => {
  const { inbox: flooded, floods } = inbox(40);
  const piece = new Uint8Array(1.9 * 1024 * 1024);
  const most = Math.floor(PORT_WINDOW / piece.length);
  for (let i = 0; i < 40 + most; i++) flooded.take([piece]);
  expect(floods).toEqual([]);
  flooded.take([piece]);
  expect(floods).toEqual(['messagesPerSecond']);
});

test('one that is closed obeys nothing, and waits for nothing', () => {
  const { inbox: flooded } = inbox(10);
  flooded.take(numbers(0, 15));
  flooded.close();
  flooded.take([]);
  turn();
  clock.advance(60 * SECOND);
  expect(obeyed).toEqual(numbers(0, 10));
});

test('what is no list is no post', () => {
  expect(() => inbox().inbox.take('x')).toThrow(MalformedMessage);
});
