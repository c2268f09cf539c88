import { expect } from 'vitest';

/**
 * How much processor time (milliseconds) linear work may take on any machine: some hundred times what it takes. The inputs
 * are so long that quadratic work takes minutes. Processor time, because others may be busy; no ratio of two measurements,
 * because those differ by chance.
 */
const BOUND = 20_000;

/** Fails when the work takes longer than work that is linear in a long input ever does. */
export function expectLinear(work: () => void): void {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1000).toBeLessThan(BOUND);
}
