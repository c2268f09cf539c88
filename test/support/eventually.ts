import { vi } from 'vitest';
import { PATIENCE } from './patience.ts';

/** Asks again and again until nothing is thrown any more. */
export const eventually = <Value>(check: () => Value | Promise<Value>): Promise<Value> =>
  vi.waitFor(check, { timeout: PATIENCE });
