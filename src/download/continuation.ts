import type { NetworkErrorCode } from '../error.ts';

/** Attempts in a row that bring no byte, after which a download has failed. */
const MOST_FRUITLESS = 5;
/** Milliseconds of the first pause; it doubles, up to the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** Failures after which the rest may still come. */
const PASSING: ReadonlySet<NetworkErrorCode> = new Set([
  'connection-refused',
  'remote-host-closed',
  'timeout',
  'host-not-found',
  'temporary-network-failure',
  'network-session-failed',
  'unknown-network',
  'protocol-failure',
  'proxy-connection-refused',
  'proxy-connection-closed',
  'proxy-timeout',
]);

export function isWorthContinuing(code: NetworkErrorCode): boolean {
  return PASSING.has(code);
}

/**
 * Milliseconds until the rest is asked for, or null when that has been in vain too often. At once after an attempt that has
 * brought something.
 * @param fruitless attempts since the last byte, this one included
 * @param random 0 to 1
 */
export function pauseBeforeContinuing(fruitless: number, random: number): number | null {
  if (fruitless > MOST_FRUITLESS) return null;
  if (fruitless <= 1) return 0;
  const longest = Math.min(FIRST_PAUSE * 2 ** (fruitless - 2), LONGEST_PAUSE);
  return Math.round(longest / 2 + (longest / 2) * random);
}
