import { describe } from 'vitest';
import type { Transport } from '../../src/call/transport.ts';
import { bodyTests } from './transport/body.ts';
import { cancelTests } from './transport/cancel.ts';
import { failureTests } from './transport/failures.ts';
import { makeBench, type TransportEnvironment } from './transport/harness.ts';
import { headTests } from './transport/head.ts';
import { leaseTests } from './transport/lease.ts';
import { uploadTests } from './transport/upload.ts';

export type { TransportEnvironment } from './transport/harness.ts';

/**
 * The contract of {@link Transport}: run it on every implementation, in the runtime that it is made for. What a
 * transport's record denies is skipped by name, or asserted to be denied.
 */
export function testTransport(
  title: string,
  makeTransport: () => Transport,
  environment: TransportEnvironment,
): void {
  describe(title, () => {
    const bench = makeBench(makeTransport, environment);
    describe('head', () => headTests(bench));
    describe('body', () => bodyTests(bench));
    describe('upload', () => uploadTests(bench));
    describe('cancellation', () => cancelTests(bench));
    describe('failures', () => failureTests(bench));
    describe('leases', () => leaseTests(bench));
  });
}
