import type { RedirectPolicy } from '../options/options.ts';
import type { ParsedUrl } from '../util/url.ts';

/** From TLS to none, or from a local socket to the network. */
export function isLessSafe(from: ParsedUrl, to: ParsedUrl): boolean {
  return from.scheme !== 'http' && to.scheme !== from.scheme;
}

/** Why the policy forbids to go from one URL to the other, or null. Both as they are after HSTS. */
export function offenceAgainst(policy: RedirectPolicy, from: ParsedUrl, to: ParsedUrl): string | null {
  if (policy === 'same-origin' && from.origin !== to.origin) return `${to.origin} is another origin`;
  if (policy === 'no-less-safe' && isLessSafe(from, to)) return `${to.origin} is less safe`;
  return null;
}
