import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createPacResolver } from 'pac-resolver';
import { QuickJS } from 'quickjs-wasi';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PacOutcome } from '../../platform/node/proxy/pac/pac-outcome.ts';
import { pacQueryOf } from '../../src/proxy/pac/pac-query.ts';
import { parsePacList } from '../../src/proxy/setting.ts';
import { FIELD_NAMES, FIELD_URLS, TIMED_FILES, TIMELESS_FILES } from '../support/pac-files.ts';
import { runsInThread } from '../support/pac-in-thread.ts';
import { queryOfUrl } from '../support/proxy-query.ts';

const OWN = '10.9.1.1';
const wasm = await WebAssembly.compile(
  readFileSync(createRequire(import.meta.url).resolve('quickjs-wasi/quickjs.wasm')),
);

/** Everything is known at once: how names are looked up is not asked here. */
const known = new Map<string, readonly string[]>([['', [OWN]]]);
const isLiteral = (host: string): boolean => /^[\d.]+$/.test(host);
const addressOf = (host: string): string | null => (isLiteral(host) ? host : (FIELD_NAMES[host] ?? null));

async function ours(script: string, url: string, now: number): Promise<PacOutcome> {
  const query = pacQueryOf(queryOfUrl(url));
  const runner = runsInThread(script);
  for (;;) {
    const outcome = await runner.run({ query, now, known }, Number.POSITIVE_INFINITY);
    if (outcome.kind !== 'missing') return outcome;
    const address = addressOf(outcome.name);
    known.set(outcome.name, address === null ? [] : [address]);
  }
}

/** pac-resolver, with the names of this test. Its own functions compare networks by `netmask`. */
async function oracleOf(script: string): Promise<(url: string) => Promise<string>> {
  const { Netmask } = createRequire(createRequire(import.meta.url).resolve('pac-resolver'))('netmask');
  const resolver = createPacResolver(await QuickJS.create(wasm), script, {
    sandbox: {
      alert: () => undefined,
      dnsResolve: async (host: string) => addressOf(host),
      isResolvable: async (host: string) => addressOf(host) !== null,
      isInNet: async (host: string | null, network: string, mask: string) => {
        const address = host === null ? null : addressOf(host);
        try {
          return address !== null && new Netmask(network, mask).contains(address);
        } catch {
          return false;
        }
      },
      myIpAddress: async () => OWN,
    },
  } as never);
  return (url) => {
    const query = pacQueryOf(queryOfUrl(url));
    return resolver(query.url, query.host);
  };
}

/** Every thirteen hours of a fortnight around the end of a year, with its seconds. */
const MOMENTS = Array.from({ length: 24 }, (_, i) => Date.UTC(2026, 11, 25, 13 * i, 15 * i, 7 * i));
const MIDNIGHTS = [Date.UTC(2026, 11, 29, 0, 0, 30), Date.UTC(2026, 11, 29, 0, 0, 31)];

describe('a file of the field says what pac-resolver has it say', () => {
  afterEach(() => void vi.useRealTimers());

  test.each(Object.entries(TIMELESS_FILES))('%s', async (_, script) => {
    const theirs = await oracleOf(script);
    const answers = new Set<string>();
    for (const url of FIELD_URLS) {
      const expected = await theirs(url);
      expect([url, await ours(script, url, 0)]).toEqual([url, { kind: 'answer', text: expected }]);
      expect(parsePacList(expected).length).toBeGreaterThan(0);
      answers.add(expected);
    }
    // One that says the same of all would prove little.
    expect(answers.size).toBeGreaterThan(1);
  });

  test.each(Object.entries(TIMED_FILES))('at each time: %s', async (_, script) => {
    const theirs = await oracleOf(script);
    const answers = new Set<string>();
    for (const now of [...MOMENTS, ...MIDNIGHTS]) {
      vi.useFakeTimers({ now, toFake: ['Date'] });
      const expected = await theirs('http://www.example.test/');
      vi.useRealTimers();
      const at = new Date(now).toISOString();
      const text = await ours(script, 'http://www.example.test/', now);
      expect([at, text]).toEqual([at, { kind: 'answer', text: expected }]);
      answers.add(expected);
    }
    expect(answers.size).toBeGreaterThan(1);
  });
});

const say = (expression: string): string =>
  `function FindProxyForURL(url, host) { var answer = ${expression}; return String(answer); }`;
const AT = Date.UTC(2026, 11, 25, 17, 30);

// Where they differ, with whom we go, and why.
describe('where pac-resolver says something else', () => {
  test.each<[string, string, string, string]>([
    ['its dateRange is not written: as Mozilla and Chromium', 'dateRange("DEC", "GMT")', 'true', 'false'],
    ['the same', 'dateRange(20, "DEC", 6, "JAN", "GMT")', 'true', 'false'],
    [
      'the night, which goes around midnight: as Netscape means it',
      'timeRange(16, 6, "GMT")',
      'true',
      'false',
    ],
    [
      'IPv6 is no plain name: as Chromium, which looks for a colon',
      'isPlainHostName("::1")',
      'false',
      'true',
    ],
    ['an empty domain ends every host: as Mozilla', 'dnsDomainIs("a.test", "")', 'true', 'false'],
    ['Microsoft’s functions are there: as in Chromium', 'isInNetEx("fd00::1", "fd00::/8")', 'true', 'error'],
    ['the same', 'sortIpAddressList("10.2.0.1;fd00::2")', 'fd00::2;10.2.0.1', 'error'],
    ['the same', 'dnsResolveEx("www.corp.test") + myIpAddressEx()', `10.0.0.5${OWN}`, 'error'],
    [
      'a mask with holes is one: as Mozilla, by bits',
      'isInNet("10.1.2.3", "10.0.2.0", "255.0.255.0")',
      'true',
      'false',
    ],
  ])('%s: %s', async (_, expression, expected, oracle) => {
    expect(await ours(say(expression), 'http://a.test/', AT)).toEqual({ kind: 'answer', text: expected });
    vi.useFakeTimers({ now: AT, toFake: ['Date'] });
    const theirs = await (await oracleOf(say(expression)))('http://a.test/').catch(() => 'error');
    vi.useRealTimers();
    expect(theirs).toBe(oracle);
  });
});

// Mozilla and Chromium have one text of JavaScript for most functions; in these it is not followed.
describe('where browsers say something else', () => {
  test.each<[string, string, string]>([
    [
      'two hours end with the second: "9am to 5pm" of Netscape; there the hour of five counts',
      'timeRange(9, 17, "GMT")',
      'false',
    ],
    ['two hours go around midnight; there never', 'timeRange(17, 6, "GMT")', 'true'],
    ['seconds of five numbers are no range; there it throws', 'timeRange(1, 2, 3)', 'false'],
    [
      'days and months are read in any case; there in capitals',
      'weekdayRange("fri") && dateRange("dec")',
      'true',
    ],
  ])('%s: %s', async (_, expression, expected) => {
    expect(await ours(say(expression), 'http://a.test/', AT)).toEqual({ kind: 'answer', text: expected });
  });
});
