import { publicSuffixList } from '../../../platform/node/public-suffix.ts';
import { CookieJar, type CookieJarOptions } from '../../../src/cookies/jar.ts';
import { FakeClock } from '../../support/fixtures.ts';

/** 2026-01-01T00:00:00Z */
export const NOW = Date.UTC(2026, 0, 1);
export const DAY = 24 * 60 * 60 * 1000;

/** A jar with the public suffix list and a clock that stands still. */
export function makeJar(options: CookieJarOptions = {}): { jar: CookieJar; clock: FakeClock } {
  const clock = new FakeClock(NOW);
  return { jar: new CookieJar({ publicSuffixes: publicSuffixList, clock, ...options }), clock };
}

/** `name=value` of every cookie in a jar, in no order that anybody relies on. */
export function pairs(jar: CookieJar): string[] {
  return jar
    .allCookies()
    .map(({ name, value }) => `${name}=${value}`)
    .sort();
}
