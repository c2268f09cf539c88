import { expect, test } from 'vitest';
import { AskedAuthenticator } from '../../../src/auth/authenticator.ts';
import type { AuthenticationChallenge } from '../../../src/call/authentication.ts';

const CHALLENGE: AuthenticationChallenge = {
  scheme: 'ntlm',
  realm: 'r',
  origin: 'https://h.test',
  isProxy: false,
  attempt: 2,
  options: { realm: 'r' },
};

test('shows a challenge, which cannot be changed', () => {
  const authenticator = new AskedAuthenticator(CHALLENGE);
  const { scheme, realm, origin, isProxy, attempt, options } = authenticator;
  expect({ scheme, realm, origin, isProxy, attempt, options }).toEqual(CHALLENGE);
  for (const name of Object.keys(CHALLENGE))
    expect(() => Object.assign(authenticator, { [name]: 'x' })).toThrow(TypeError);
  expect(() => Object.assign(options, { realm: 'x' })).toThrow(TypeError);
  expect(CHALLENGE.options).toEqual({ realm: 'r' });
});

test.each([
  ['nothing', {}, null],
  ['a domain alone', { domain: 'DOM' }, null],
  ['a user', { user: 'u' }, { user: 'u', password: '' }],
  ['a password', { password: 'p' }, { user: '', password: 'p' }],
  [
    'an account',
    { user: 'u', password: 'p', domain: 'DOM', workstation: 'w' },
    { user: 'u', password: 'p', domain: 'DOM', workstation: 'w' },
  ],
  ['a token beside a user', { user: 'u', token: 't' }, { token: 't' }],
])('that %s is filled in', (_name, given, expected) => {
  const authenticator = Object.assign(new AskedAuthenticator(CHALLENGE), given);
  expect(authenticator.credentials).toEqual(expected);
  authenticator.cancel();
  expect(authenticator.credentials).toBeNull();
});

test('what is no text is refused, in words that do not show it', () => {
  const authenticator = new AskedAuthenticator(CHALLENGE);
  expect(() => Object.assign(authenticator, { password: ['SECRET'] })).toThrow(
    /^authenticator: password must be a string$/,
  );
});
