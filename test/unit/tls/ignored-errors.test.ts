import { expect, test } from 'vitest';
import { IgnoredErrors, idOfError } from '../../../src/tls/ignored-errors.ts';
import { sslError } from '../../support/ssl-error.ts';

const expired = sslError('certificate-expired', { fingerprint256: 'AA:01' });
const unnamed = sslError('host-name-mismatch', { fingerprint256: 'AA:01' });
const another = sslError('certificate-expired', { fingerprint256: 'AA:02' });

test('an error is the same by its code and its certificate', () => {
  expect(idOfError(expired)).toBe(
    idOfError({ code: expired.code, certificate: { fingerprint256: 'aa:01' } }),
  );
  expect(new Set([expired, unnamed, another].map(idOfError)).size).toBe(3);
});

test.each([
  ['nothing', undefined, true, [expired], false],
  ['the very error', [expired], true, [expired], true],
  ['the very error, of a host of a redirect', [expired], false, [expired], true],
  ['one of two', [expired], true, [expired, unnamed], false],
  ['more than there is', [expired, unnamed, another], true, [expired], true],
  ['the same error of another certificate', [another], true, [expired], false],
  ['all', 'all', true, [expired, unnamed], true],
  ['all, for another host than its own', 'all', false, [expired], false],
] as const)('a reply that has accepted %s', (_name, accepted, isOwnHost, errors, answer) => {
  const ignored = new IgnoredErrors();
  const reply = {};
  if (accepted === 'all') ignored.ignore(reply);
  else if (accepted !== undefined) ignored.ignore(reply, accepted);
  expect(ignored.ask(reply, isOwnHost, errors)()).toBe(answer);
  expect(ignored.ask({}, isOwnHost, errors)()).toBe(false);
});

test('all, while it is being asked, is what it is asked about', () => {
  const ignored = new IgnoredErrors();
  const reply = {};
  const answer = ignored.ask(reply, false, [expired]);
  ignored.ignore(reply);
  expect(answer()).toBe(true);
  expect(ignored.ask(reply, true, [expired, unnamed])()).toBe(false);
});
