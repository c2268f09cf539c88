import { isToken68 } from './challenge.ts';
import type { Scheme } from './scheme.ts';

/** Bearer (RFC 6750): a token, which is as good as a password to who sees it. A refused one is asked for anew: it has expired. */
export const bearerScheme: Scheme = {
  name: 'bearer',
  rank: 2,
  isReadable: true,
  isConnectionBound: false,
  takes: (credentials) => 'token' in credentials,
  strengthOf: () => 1,
  begin(_, credentials) {
    if (!('token' in credentials) || !isToken68(credentials.token))
      throw new TypeError('Bearer needs a token of letters, digits and -._~+/ (RFC 6750)');
    const answer = { value: `Bearer ${credentials.token}` };
    return { answer: () => answer, goesOn: () => null };
  },
  // RFC 6750 knows no spaces: a token is for the server.
  spaceOf: () => ['/'],
};
