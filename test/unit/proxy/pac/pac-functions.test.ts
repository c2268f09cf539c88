import fc from 'fast-check';
import { sandbox } from 'pac-resolver';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type PacSurroundings, pacFunctions } from '../../../../src/proxy/pac/pac-functions.ts';
import { matchesShellExpression } from '../../../../src/proxy/pac/shell-expression.ts';

const NAMES: Record<string, readonly string[]> = {
  'ten.test': ['10.1.2.3'],
  'both.test': ['fd00::2', '192.168.7.7'],
  'six.test': ['fd00::1'],
};
const surroundings: PacSurroundings = {
  now: 0,
  lookUp: (host) => NAMES[host] ?? [],
  ownAddresses: () => ['fd00::9', '10.0.0.9'],
};
const call = (name: string, args: readonly unknown[], more: Partial<PacSurroundings> = {}) =>
  pacFunctions({ ...surroundings, ...more }).get(name)!(...args);

// Wherever pac-resolver, which a good part of the field uses, says something, we say the same.
describe('as pac-resolver has it', () => {
  test.each<[keyof typeof sandbox, readonly unknown[]]>([
    ['isPlainHostName', ['www']],
    ['isPlainHostName', ['www.corp.test']],
    ['dnsDomainIs', ['www.corp.test', '.corp.test']],
    ['dnsDomainIs', ['corp.test', '.corp.test']],
    ['dnsDomainIs', ['www.corp.test', '.CORP.test']],
    ['dnsDomainIs', ['www', '.corp.test']],
    ['localHostOrDomainIs', ['www.corp.test', 'www.corp.test']],
    ['localHostOrDomainIs', ['www', 'www.corp.test']],
    ['localHostOrDomainIs', ['www.other.test', 'www.corp.test']],
    ['localHostOrDomainIs', ['home.corp.test', 'www.corp.test']],
    ['localHostOrDomainIs', ['www.corp.test.more', 'www.corp.test']],
    ['dnsDomainLevels', ['www']],
    ['dnsDomainLevels', ['www.corp.test']],
    ['shExpMatch', ['http://home.corp.test/people/a/index.html', '*/a/*']],
    ['shExpMatch', ['http://home.corp.test/people/b/index.html', '*/a/*']],
    ['shExpMatch', ['a.b', 'a?b']],
    ['shExpMatch', ['axb', 'a.b']],
    ['shExpMatch', ['', '*']],
    ['shExpMatch', ['', '?']],
    ['shExpMatch', ['abc', 'ab']],
    ['shExpMatch', ['corp.test', '(*.corp.test|corp.test)']],
    ['shExpMatch', ['evilcorp.test', '(*.corp.test|corp.test)']],
    ['shExpMatch', ['srv7', 'srv[0-9]']],
    ['shExpMatch', ['srvx', 'srv[0-9]']],
    ['shExpMatch', ['a+b', 'a\\+b']],
    ['shExpMatch', ['10.1.2.3', '10.*']],
    ['isInNet', ['10.1.2.3', '10.0.0.0', '255.0.0.0']],
    ['isInNet', ['11.1.2.3', '10.0.0.0', '255.0.0.0']],
    ['isInNet', ['198.95.249.79', '198.95.249.79', '255.255.255.255']],
    ['isInNet', ['198.95.6.8', '198.95.0.0', '255.255.0.0']],
  ])('%s(%j)', async (name, args) => {
    const theirs = sandbox[name] as (...args: readonly unknown[]) => unknown;
    expect(call(name, args)).toBe(await theirs(...args));
  });

  test('shell expressions of anything', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/'), maxLength: 12 });
    const expressions = fc.string({ unit: fc.constantFrom('a', 'b', '.', '/', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(letters, expressions, (text, expression) => {
        expect(matchesShellExpression(text, expression)).toBe(sandbox.shExpMatch(text, expression));
      }),
    );
  });

  afterEach(() => void vi.useRealTimers());
  /** Every third hour of two weeks around the end of a year. */
  const moments = Array.from({ length: 112 }, (_, i) => Date.UTC(2026, 11, 25, 3 * i, 31, 15));
  const days = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
  const times: readonly (readonly (number | string)[])[] = [
    [12],
    [12, 13],
    [9, 17],
    [8, 30, 17, 0],
    [9, 31, 9, 31],
    [0, 0, 0, 12, 31, 15],
    [12, 'GMT'],
    [9, 17, 'GMT'],
  ];
  test.each(moments)('the time %d', (now) => {
    vi.useFakeTimers({ now, toFake: ['Date'] });
    for (const from of days) {
      expect(call('weekdayRange', [from], { now })).toBe(sandbox.weekdayRange(from as 'SUN'));
      for (const to of days) {
        const args = [from, to] as ['SUN', 'SUN'];
        expect(call('weekdayRange', args, { now })).toBe(sandbox.weekdayRange(...args));
        const gmt = [...args, 'GMT'] as ['SUN', 'SUN', 'GMT'];
        expect(call('weekdayRange', gmt, { now })).toBe(sandbox.weekdayRange(...gmt));
      }
    }
    const theirs = sandbox.timeRange as unknown as (...args: readonly unknown[]) => boolean;
    for (const args of times)
      expect([args, call('timeRange', args, { now })]).toEqual([args, theirs(...args)]);
  });
});

// What pac-resolver has not, or not to the end (its dateRange says no to everything): by Netscape's examples.
test.each<[string, readonly unknown[], string, boolean]>([
  ['dateRange', [1], '2026-12-01', true],
  ['dateRange', [1], '2026-12-02', false],
  ['dateRange', [1, 15], '2026-12-15', true],
  ['dateRange', [1, 15], '2026-12-16', false],
  ['dateRange', [28, 3], '2026-12-31', true],
  ['dateRange', [24, 'DEC'], '2026-12-24', false],
  ['dateRange', [24, 'DEC', 2026], '2026-12-24', true],
  ['dateRange', [24, 'DEC', 2025], '2026-12-24', false],
  ['dateRange', ['JAN', 'MAR'], '2026-03-31', true],
  ['dateRange', ['JAN', 'MAR'], '2026-04-01', false],
  ['dateRange', ['nov', 'feb'], '2026-01-01', true],
  ['dateRange', ['DEC'], '2026-12-09', true],
  ['dateRange', [1, 'JUN', 15, 'AUG'], '2026-08-15', true],
  ['dateRange', [1, 'JUN', 15, 'AUG'], '2026-08-16', false],
  ['dateRange', [20, 'DEC', 6, 'JAN'], '2026-01-06', true],
  ['dateRange', [20, 'DEC', 6, 'JAN'], '2026-01-07', false],
  ['dateRange', [1, 'JUN', 2025, 15, 'AUG', 2026], '2026-08-15', true],
  ['dateRange', [1, 'JUN', 2025, 15, 'AUG', 2026], '2026-08-16', false],
  ['dateRange', ['OCT', 2025, 'MAR', 2026], '2026-03-31', true],
  ['dateRange', ['OCT', 2026, 'MAR', 2025], '2026-12-31', false],
  ['dateRange', [2026], '2026-12-31', true],
  ['dateRange', [2024, 2025], '2026-01-01', false],
  ['dateRange', [], '2026-01-01', false],
  ['dateRange', ['SUN', 'DEC'], '2026-12-01', false],
  ['dateRange', [0], '2026-12-01', false],
  ['weekdayRange', ['FRI', 'MON'], '2026-12-06', true],
  ['weekdayRange', ['XYZ'], '2026-12-06', false],
  ['timeRange', [22, 6], '2026-12-06T23:00', true],
  ['timeRange', [22, 6], '2026-12-06T06:00', false],
  ['timeRange', [22, 30, 6, 0], '2026-12-06T06:00', true],
  ['timeRange', [1, 2, 3], '2026-12-06T01:00', false],
  ['timeRange', ['noon'], '2026-12-06T12:00', false],
])('%s%j at %s', (name, args, date, expected) => {
  const now = Date.parse(date.includes('T') ? `${date}Z` : `${date}T12:00Z`);
  expect(call(name, [...args, 'GMT'], { now })).toBe(expected);
});

test.each<[string, readonly unknown[], unknown]>([
  ['dnsResolve', ['both.test'], '192.168.7.7'],
  ['dnsResolve', ['six.test'], null],
  ['dnsResolve', ['nowhere.test'], null],
  ['dnsResolve', ['10.9.8.7'], '10.9.8.7'],
  ['isResolvable', ['ten.test'], true],
  ['isResolvable', ['six.test'], false],
  ['isInNet', ['ten.test', '10.0.0.0', '255.0.0.0'], true],
  ['isInNet', ['six.test', '10.0.0.0', '255.0.0.0'], false],
  ['isInNet', ['ten.test', 'ten', '255.0.0.0'], false],
  ['isInNet', ['10.1.2.3', '10.0.2.0', '255.0.255.0'], true],
  ['myIpAddress', [], '10.0.0.9'],
  ['myIpAddressEx', [], 'fd00::9;10.0.0.9'],
  ['dnsResolveEx', ['both.test'], 'fd00::2;192.168.7.7'],
  ['dnsResolveEx', ['nowhere.test'], ''],
  ['isResolvableEx', ['six.test'], true],
  ['isResolvableEx', ['nowhere.test'], false],
  ['isInNetEx', ['fd00::1', 'fd00::/8'], true],
  ['isInNetEx', ['fe00::1', 'fd00::/8'], false],
  ['isInNetEx', ['10.1.2.3', '10.0.0.0/8'], true],
  ['isInNetEx', ['10.1.2.3', '::/0'], false],
  ['isInNetEx', ['10.1.2.3', '10.0.0.0/33'], false],
  ['isInNetEx', ['ten.test', '10.0.0.0/8'], false],
  ['sortIpAddressList', ['10.2.0.1; fd00::2;10.1.0.1;fd00::1'], 'fd00::1;fd00::2;10.1.0.1;10.2.0.1'],
  ['sortIpAddressList', ['10.2.0.1;x'], false],
  ['isPlainHostName', ['::1'], false],
  ['alert', ['hello'], undefined],
  ['getClientVersion', [], '1.0'],
  ['dnsDomainIs', [undefined, undefined], true],
  ['shExpMatch', [5, '5'], true],
])('%s%j', (name, args, expected) => {
  expect(call(name, args)).toBe(expected);
});

test('what has no address is not looked for by the name of null', () => {
  const lookUp = (): never => expect.unreachable('it was looked up');
  for (const name of ['dnsResolve', 'isResolvable', 'dnsResolveEx'])
    expect(call(name, [null], { lookUp })).toBe(call(name, [undefined], { lookUp }));
  expect(call('isInNet', [null, '10.0.0.0', '255.0.0.0'], { lookUp })).toBe(false);
});

test('a shell expression that is no regular one fails', () => {
  expect(() => call('shExpMatch', ['a', '(a'])).toThrow(SyntaxError);
  expect(() => call('shExpMatch', ['a'.repeat(20_000), '(a)'])).toThrow('too long');
});

test('a machine without a network has an address', () => {
  expect(call('myIpAddress', [], { ownAddresses: () => [] })).toBe('127.0.0.1');
});

test('texts that would take too long to compare are refused', () => {
  const text = 'a'.repeat(100_000);
  expect(() => matchesShellExpression(text, `${'*a'.repeat(1000)}b`)).toThrow('too long');
  expect(matchesShellExpression(text, '*a*a*a*a*a*a*b')).toBe(false);
});
