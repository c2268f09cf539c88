import type { Credentials } from '../call/authentication.ts';
import { credentialBinary } from './binary.ts';
import type { Challenge } from './challenge.ts';
import { directoryOf } from './protection-space.ts';
import type { Scheme } from './scheme.ts';

/** Basic (RFC 7617): name and password, readable by all on the way. */
export const basicScheme: Scheme = {
  name: 'basic',
  rank: 1,
  isReadable: true,
  isConnectionBound: false,
  takes: (credentials) => 'user' in credentials,
  strengthOf: () => 1,
  begin(challenge, credentials) {
    const answer = { value: basicAuthorization(credentials, challenge) };
    return { answer: () => answer, goesOn: () => null };
  },
  spaceOf: (_, url) => [directoryOf(url)],
};

/** @throws TypeError for a name with a colon, which would end there (RFC 7617 §2) */
function basicAuthorization(credentials: Credentials, { params }: Challenge): string {
  if (!('user' in credentials)) throw new TypeError('Basic needs a user and a password');
  const { user, password } = credentials;
  if (user.includes(':')) throw new TypeError('a user name with a colon cannot be sent by Basic');
  return `Basic ${btoa(credentialBinary(`${user}:${password}`, params.get('charset')))}`;
}
