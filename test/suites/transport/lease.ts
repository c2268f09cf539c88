import { expect } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import { ConnectionLease } from '../../../src/call/connection-lease.ts';
import { drain } from '../../../src/call/drain.ts';
import { systemClock } from '../../../src/util/clock.ts';
import { makeExchange } from '../../support/fixtures.ts';
import type { Echo } from '../../support/server/routes.ts';
import { type Bench, GIVEN_UP, readAll } from './harness.ts';

/** Several rounds of one call on one connection, which nothing else gets. */
export function leaseTests({ transport, request, testWith }: Bench): void {
  const test = testWith('leases');
  const makeCall = (): Call =>
    makeExchange({ clock: systemClock, ask: async () => ({ allowed: true }) }).exchange;

  /** The number of the connection over which a request goes. */
  const connectionOf = async (call: Call, init = {}): Promise<number> => {
    const response = await transport().send(request('/echo', init), call);
    return (JSON.parse((await readAll(response)).text) as Echo).connection;
  };
  const plain = (): Promise<number> => connectionOf(makeCall());
  const leased = (identity: string): { call: Call; lease: ConnectionLease; round: () => Promise<number> } => {
    const call = makeCall();
    const lease = ConnectionLease.begin(call, identity);
    return { call, lease, round: () => connectionOf(call) };
  };

  test('each round goes over the same connection, and nothing else does meanwhile', async () => {
    const { lease, round } = leased('ada');
    const first = await round();
    expect(lease.holds).toBe(true);
    const others = [await plain(), await plain()];
    expect(await round()).toBe(first);
    expect(others).not.toContain(first);
    expect(await leased('bob').round()).not.toBe(first);
    expect(await round()).toBe(first);
    lease.release();
  });

  test('a connection that was leased is for its identity alone, and may be one that was free before', async () => {
    const free = await connectionOf(makeCall(), { options: { http2Allowed: false } });
    const ada = leased('ada');
    const first = await ada.round();
    expect(first).toBe(free);
    ada.lease.release();
    expect(await plain()).not.toBe(first);
    expect(await leased('bob').round()).not.toBe(first);
    expect(await leased('ada').round()).toBe(first);
  });

  test('the round under way when the lease is released has no next one', async () => {
    const { call, lease } = leased('ada');
    const response = await transport().send(request('/echo'), call);
    lease.release();
    expect([lease.isOver, call.lease]).toEqual([true, null]);
    const { connection } = JSON.parse((await readAll(response)).text) as Echo;
    expect(lease.holds).toBe(false);
    expect(await leased('ada').round()).toBe(connection);
  });

  test('an abort between two rounds closes the connection', async () => {
    const { call, lease, round } = leased('ada');
    const first = await round();
    call.cancel(GIVEN_UP);
    expect([lease.isOver, lease.holds]).toEqual([true, false]);
    expect(await leased('ada').round()).not.toBe(first);
  });

  test('an abort in a round closes the connection', async () => {
    const { call, lease, round } = leased('ada');
    const first = await round();
    const answer = transport().send(request('/hang'), call);
    call.cancel(GIVEN_UP);
    await expect(answer).rejects.toBe(GIVEN_UP);
    expect(lease.holds).toBe(false);
    expect(await leased('ada').round()).not.toBe(first);
  });

  test('a body that is longer than is drained takes the connection with it', async () => {
    const { call, lease } = leased('ada');
    const { body } = await transport().send(request('/bytes/10000000'), call);
    await drain(body, call);
    expect(lease.holds).toBe(false);
    lease.release();
  });

  test('a round whose connection was closed fails, and does not go over another one', async () => {
    const { lease, call, round } = leased('ada');
    await round();
    transport().clearConnections?.();
    expect(lease.holds).toBe(false);
    await expect(round()).rejects.toMatchObject({ code: 'remote-host-closed' });
    expect(call.cancelled).toBeNull();
    // The handshake may begin anew.
    expect(await round()).toBeGreaterThan(0);
    expect(lease.holds).toBe(true);
    lease.release();
  });
}
