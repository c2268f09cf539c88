import { parseHttpDate } from '../util/http-date.ts';

/**
 * Milliseconds of a Retry-After field (RFC 9110 §10.2.3), in seconds or as a date; null for what is neither. A date that has
 * passed is 0.
 * @param now epoch milliseconds
 */
export function parseRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const date = parseHttpDate(text, now);
  return date === null ? null : Math.max(date - now, 0);
}
