import { DIGEST_ALGORITHMS, DigestSession, termsOf } from './digest-session.ts';
import type { HashFunctions } from './hash/hash-functions.ts';
import { pathsOfDomain } from './protection-space.ts';
import type { Scheme } from './scheme.ts';

/**
 * Digest (RFC 7616 in full, and what came before it: no qop, MD5).
 *
 * @param cnonce makes a new client nonce
 */
export function digestScheme(hashes: HashFunctions, cnonce: () => string = randomHex): Scheme {
  return {
    name: 'digest',
    rank: 3,
    isReadable: false,
    isConnectionBound: false,
    takes: (credentials) => 'user' in credentials,
    strengthOf(challenge, outgoing) {
      const terms = termsOf(challenge, outgoing);
      if (terms === null || !hashes.has(terms.algorithm)) return 0;
      return 1 + DIGEST_ALGORITHMS.indexOf(terms.algorithm) * 2 + (terms.qop === null ? 0 : 1);
    },
    begin(challenge, credentials) {
      if (!('user' in credentials)) throw new TypeError('Digest needs a user and a password');
      return new DigestSession(challenge, credentials, hashes, cnonce);
    },
    spaceOf: ({ params }, url) => pathsOfDomain(params.get('domain'), url),
  };
}

function randomHex(): string {
  let hex = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) hex += byte.toString(16).padStart(2, '0');
  return hex;
}
