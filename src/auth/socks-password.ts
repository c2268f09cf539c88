import type { AuthenticationAnswer } from '../call/authentication.ts';
import { encodeUtf8 } from '../util/bytes.ts';
import type { Scheme } from './scheme.ts';

/** RFC 1929 §2: each has one byte for its length. */
const MOST_BYTES = 255;

/**
 * The user and password of SOCKS5 (RFC 1929), which are asked for and remembered as those of HTTP are. The value of its answer
 * is the two with a NUL between them; no challenge of HTTP is answered by it.
 */
export const socksPasswordScheme: Scheme = {
  name: 'socks5',
  rank: 1,
  // The application has chosen the proxy and how it is reached: what it sends there is what its URL would have had.
  isReadable: false,
  isConnectionBound: false,
  takes: (credentials) => 'user' in credentials,
  strengthOf: () => 1,
  begin(_, credentials) {
    if (!('user' in credentials)) throw new TypeError('SOCKS5 needs a user and a password');
    const { user, password } = credentials;
    for (const text of [user, password]) {
      const { length } = encodeUtf8(text);
      if (length > MOST_BYTES || text.includes('\0'))
        throw new TypeError(
          `SOCKS5 needs a user and a password of at most ${MOST_BYTES} bytes each, without NUL`,
        );
    }
    const answer: AuthenticationAnswer = { value: `${user}\0${password}` };
    return { answer: () => answer, goesOn: () => null };
  },
  spaceOf: () => ['/'],
};
